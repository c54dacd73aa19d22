# opnames.py SOURCE: checks that passes use interfaces and never name an operation of the nn dialect.
#
# The classes and mnemonics of the nn dialect are read from its TableGen files. Outside of dialect/ (which defines them) and irgen/
# (which builds them) no compiler room may mention one.
import glob
import os
import re
import sys

source = sys.argv[1]
FREE_OF_NAMES = ["lint", "transforms", "lowering", "pipeline", "codegen", "driver", "tools"]
classes, mnemonics = set(), set()
for path in glob.glob(os.path.join(source, "compiler", "dialect", "**", "Nn*.td"), recursive=True):
    with open(path, encoding="utf-8") as file:
        for name, mnemonic in re.findall(r'^def Nn_(\w+Op)\s*:\s*Nn_\w+<"(\w+)"', file.read(), re.M):
            classes.add(name)
            mnemonics.add(mnemonic)

names = re.compile(r"\bnn::(%s)\b|\bnn\.(%s)\b(?!\s*=)" % ("|".join(sorted(classes)), "|".join(sorted(mnemonics))))
problems, files = [], 0
for room in FREE_OF_NAMES:
    for path in sorted(glob.glob(os.path.join(source, "compiler", room, "**", "*"), recursive=True)):
        if not path.endswith((".h", ".cpp", ".td")):
            continue
        files += 1
        with open(path, encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                code = line.split("//")[0]
                for found in names.finditer(code):
                    problems.append("%s:%d: %s" % (os.path.relpath(path, source), number, found.group(0)))

print("%d operations, %d files" % (len(classes), files))
print("\n".join(problems))
sys.exit(1 if problems or len(classes) < 40 or files < 10 else 0)
