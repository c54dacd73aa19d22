# lints.py SOURCE: the table in compiler/lint/Lint.cpp, section 11 of grammar/LANGUAGE.md and test/lints name the same lints, and every fact
# that the prelude states is listed in LANGUAGE.md.
import glob
import os
import re
import sys

source = sys.argv[1]


def read(*path):
    with open(os.path.join(source, *path), encoding="utf-8") as file:
        return file.read()


problems = []
table = re.findall(r'^    \{"([\w-]+)", check\w+\},$', read("compiler", "lint", "Lint.cpp"), re.M)
section = read("grammar", "LANGUAGE.md").split("\n## 11 Lints\n")[1]
documented = re.findall(r"^\| `([\w-]+)` \|", section.split("\n11.4")[0], re.M)
if table != documented:
    problems.append("the table has %s, and LANGUAGE.md %s" % (", ".join(table), ", ".join(documented)))
tests = "".join(read(path) for path in glob.glob(os.path.join(source, "test", "lints", "*.nn")))
for name in table + ["unknown-lint"]:
    if "[%s]" % name not in tests:
        problems.append("no test expects `%s`" % name)
    if name != "unknown-lint" and not re.search(r"# nolint: (?:[\w-]+, )*%s\b" % name, tests):
        problems.append("no test silences `%s`" % name)

known = set(re.findall(r"`## @(\w+)", section))
facts = 0
for path in sorted(glob.glob(os.path.join(source, "compiler", "prelude", "*.nn"))):
    for number, line in enumerate(read(path).split("\n"), 1):
        found = re.match(r"##\s*@(\w+)", line)
        facts += bool(found)
        if found and found.group(1) not in known:
            problems.append("%s:%d: LANGUAGE.md lists no fact `@%s`" % (os.path.relpath(path, source), number, found.group(1)))

print("%d lints, %d facts" % (len(table), facts))
print("\n".join(problems))
sys.exit(1 if problems or len(table) < 10 or facts < 20 else 0)
