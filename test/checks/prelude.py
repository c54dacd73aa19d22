# prelude.py SOURCE: every declaration of the prelude is documented (`##` directly above it) and listed in grammar/LANGUAGE.md.
import glob
import os
import re
import sys

source = sys.argv[1]
problems, names = [], []
with open(os.path.join(source, "grammar", "LANGUAGE.md"), encoding="utf-8") as file:
    reference = file.read()
for path in sorted(glob.glob(os.path.join(source, "compiler", "prelude", "*.nn"))):
    shown = os.path.relpath(path, source)
    with open(path, encoding="utf-8") as file:
        lines = file.read().split("\n")
    for number, line in enumerate(lines, 1):
        found = re.match(r"(fn|layer|init|optimizer|metric|let|model|data)\s+(\w+)", line)
        if not found:
            continue
        names.append(found.group(2))
        above = number - 2
        while above >= 0 and lines[above].startswith("let "):  # one comment for neighbouring constants
            above -= 1
        if not lines[above].startswith("##"):
            problems.append("%s:%d: `%s` has no `##` comment above it" % (shown, number, found.group(2)))
        if "`%s" % found.group(2) not in reference:
            problems.append("%s:%d: `%s` is not in grammar/LANGUAGE.md" % (shown, number, found.group(2)))
print("%d declarations" % len(names))
print("\n".join(problems))
sys.exit(1 if problems or len(names) < 40 else 0)
