# slides.py SOURCE [LECTURE]: checks that examples/lecture/SLIDES.md maps each heading of the lecture to a line of a program that a test
# runs.
#
# Each row's line must be in its program; each program must have a session in the tutorial, or be an example with its own test; no heading
# may occur twice. If the lecture's text is given, each of its headings must have a row.
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "tools"))
import markdown

source = sys.argv[1]
home = os.path.join(source, "examples", "lecture")


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def headings(lecture):
    """Lines that look like headings: a single line of words between blank lines, which is not an item, formula, code or source of a picture."""
    lines = [line.strip() for line in lecture.split("\n")]
    for i, line in enumerate(lines[1:-1], 1):
        alone = line and not lines[i - 1] and not lines[i + 1]
        if alone and re.match(r"[A-Z]", line) and not re.search(r"[$\\{}_=<|]|copyright", line):
            yield line


problems, seen = [], set()
tutorial = read(os.path.join(home, "README.md"))
for number, cells in markdown.rows(read(os.path.join(home, "SLIDES.md"))):
    fail = lambda text: problems.append("SLIDES.md:%d: %s" % (number, text))
    if len(cells) != 3:
        fail("%d cells, not 3" % len(cells))
        continue
    for heading in cells[0].split(" · "):
        if heading in seen:
            fail("`%s` stands twice" % heading)
        seen.add(heading)
    if cells[1] == "–":  # reading, advice
        continue
    line, link = re.fullmatch(r"`(.+)`", cells[1]), re.fullmatch(r"\[.+\]\((\S+\.nn)\)", cells[2])
    if not line or not link:
        fail("a line in backquotes and a link to a program are wanted")
        continue
    path = os.path.normpath(os.path.join(home, link.group(1)))
    name = os.path.basename(path)
    if not os.path.exists(path):
        fail("there is no %s" % link.group(1))
    elif line.group(1) not in read(path):
        fail("`%s` does not stand in %s" % (line.group(1), link.group(1)))
    elif not re.search(r"^\$ nnc .*\b%s" % re.escape(name), tutorial, re.M) and not (
            os.path.dirname(path) != home and os.path.exists(os.path.join(source, "test", "examples", name[:-3] + ".test"))):
        fail("no test runs %s" % link.group(1))

if len(sys.argv) > 2:
    wanted = list(dict.fromkeys(headings(read(sys.argv[2]))))
    problems += ["SLIDES.md has no row for `%s`" % heading for heading in wanted if heading not in seen]
    print("%d headings in the lecture" % len(wanted))
print("%d headings" % len(seen))
print("\n".join(problems))
sys.exit(1 if problems or not seen else 0)
