# sizes.py SOURCE: checks that files stay small: none over 700 lines, nine in ten at most 400. Each source must begin with a comment.
import os
import sys

source = sys.argv[1]
TOPS = ["compiler", "runtime", "test", "cmake", "examples", "grammar"]
CODE = (".h", ".cpp", ".td", ".py", ".nn", ".g4", ".cmake", ".test", ".mlir")
OPENINGS = ("//", "/*", "#", ";")
sizes, problems = [], []
for top in TOPS:
    for folder, _, files in os.walk(os.path.join(source, top)):
        for name in sorted(files):
            if not name.endswith(CODE):
                continue
            path = os.path.join(folder, name)
            with open(path, encoding="utf-8", errors="replace") as file:
                lines = file.read().split("\n")
            shown = os.path.relpath(path, source)
            sizes.append((len(lines), shown))
            # Broken programs are broken on purpose, some of them in their first byte.
            if "errors" not in shown and "Inputs" not in shown and not lines[0].startswith(OPENINGS):
                problems.append("%s: the first line does not say what the file is for" % shown)
sizes.sort(reverse=True)
large = [entry for entry in sizes if entry[0] > 400]
for lines, path in large:
    print("%5d lines: %s" % (lines, path))
problems += ["%s: %d lines, the limit is 700" % (path, lines) for lines, path in sizes if lines > 700]
if len(large) > len(sizes) / 10:
    problems.append("%d of %d files are over 400 lines, more than one in ten" % (len(large), len(sizes)))
print("%d files, median %d lines" % (len(sizes), sizes[len(sizes) // 2][0]))
print("\n".join(problems))
sys.exit(1 if problems or len(sizes) < 100 else 0)
