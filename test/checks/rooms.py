# rooms.py SOURCE: who includes whom, against the order of the rooms in README.md.
#
# A room uses only rooms above it in the list. The contract may be read by all; the rest of the runtime and
# the compiler know nothing of each other. Only parse/ sees ANTLR; rooms that work on IR do not see the program's tree.
import os
import re
import sys

ROOMS = ["support", "ast", "parse", "prelude", "dialect", "sema", "irgen", "lint", "transforms", "lowering",
         "pipeline", "codegen", "driver", "tools"]
# What the compiler and the runtime share: the tables and the way through their statements, text made safe for a terminal, memory, and how a process begins and ends.
CONTRACT = {"runtime/abi.h", "runtime/abi_call.h", "runtime/abi_data.h", "runtime/memory.h", "runtime/statements.h", "runtime/visible.h", "runtime/process.h", "runtime/ending.h", "runtime/signals.h"}
# Rooms that are above in the list and still not to be used: IR does not know the text it came from.
NOT_SEEN = {"dialect": {"ast", "parse", "prelude"},
            "transforms": {"ast", "parse", "prelude", "sema", "irgen", "lint"},
            "lowering": {"ast", "parse", "prelude", "sema", "irgen", "lint"},
            "pipeline": {"ast", "parse", "prelude", "sema", "irgen", "lint"}}

source = sys.argv[1]
problems, count = [], 0
for top in ("compiler", "runtime"):
    for folder, _, files in os.walk(os.path.join(source, top)):
        for name in files:
            if not name.endswith((".h", ".cpp", ".td", ".inc")):
                continue
            path = os.path.relpath(os.path.join(folder, name), source)
            room = path.split(os.sep)[1] if path.count(os.sep) > 1 else ""
            if top == "compiler" and room and room not in ROOMS:
                problems.append("%s: `%s` is not a room of the list" % (path, room))
                continue
            with open(os.path.join(source, path), encoding="utf-8") as file:
                lines = file.read().split("\n")
            for number, line in enumerate(lines, 1):
                found = re.match(r'\s*#?\s*include\s+["<]([^">]+)[">]', line)
                if not found:
                    continue
                count += 1
                target = found.group(1)
                where = "%s:%d: %s" % (path, number, target)
                if target.startswith("antlr4") and (top, room) != ("compiler", "parse"):
                    problems.append(where + ": only parse/ sees ANTLR")
                if target.startswith("compiler/"):
                    other = target.split("/")[1]
                    if top == "runtime":
                        problems.append(where + ": the runtime knows nothing of the compiler")
                    elif other in ROOMS and room in ROOMS:
                        if ROOMS.index(other) > ROOMS.index(room):
                            problems.append(where + ": `%s` stands below `%s`" % (other, room))
                        if other in NOT_SEEN.get(room, ()):
                            problems.append(where + ": `%s` does not see `%s`" % (room, other))
                if target.startswith("runtime/") and top == "compiler" and target not in CONTRACT:
                    problems.append(where + ": of the runtime the compiler reads the contract alone")

print("%d includes, %d against the order" % (count, len(problems)))
print("\n".join(problems))
sys.exit(1 if problems or count < 100 else 0)
