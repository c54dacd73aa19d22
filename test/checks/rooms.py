# rooms.py SOURCE: checks includes against the order of the rooms, which is that of README.md and runtime/README.md.
#
# A room uses only rooms above it in its list. The compiler may include the runtime's contract and nothing else of it, and the runtime
# includes nothing of the compiler. Only parse/ uses ANTLR; rooms that work on IR do not use the program's tree. No folder has more than
# MOST_FILES sources. No header opens a namespace for everyone who includes it.
import os
import re
import sys

ROOMS = {"compiler": ["support", "ast", "parse", "prelude", "dialect", "sema", "irgen", "lint", "machine", "transforms",
                      "lowering", "pipeline", "codegen", "driver", "tools"],
         "runtime": ["", "support", "schema", "process", "files", "device", "sources", "images", "program", "data", "record", "terminal", "run",
                     "weights", "evaluate", "train", "predict", "experiment", "report", "cli"]}
MOST_FILES = 25  # sources in one folder
# The headers that the compiler and the runtime share: the tables and the iteration over their statements, text made safe for a terminal,
# its single characters, memory, and the start and the end of a process.
CONTRACT = {"runtime/" + name for name in (
    "abi.h", "ask.h", "schema/program.h", "program/statements.h", "support/visible.h", "support/utf8.h", "support/memory.h", "process/process.h",
    "process/ending.h", "process/signals.h")}
# Rooms that are above in the list but must not be used: passes on IR must not depend on the text that it came from.
NOT_SEEN = {"dialect": {"ast", "parse", "prelude"},
            "machine": {"ast", "parse", "prelude", "sema", "irgen", "lint"},
            "transforms": {"ast", "parse", "prelude", "sema", "irgen", "lint"},
            "lowering": {"ast", "parse", "prelude", "sema", "irgen", "lint"},
            "pipeline": {"ast", "parse", "prelude", "sema", "irgen", "lint"}}

source = sys.argv[1]
problems, count = [], 0


def room_of(path):
    """The room of a file: "" for one at the top."""
    parts = path.split("/")
    return parts[1] if len(parts) > 2 else ""


def check(path, target):
    """What is wrong with `path` including `target`, or None."""
    top, room = path.split("/")[0], room_of(path)
    if target.startswith("antlr4") and (top, room) != ("compiler", "parse"):
        return "only parse/ sees ANTLR"
    other_top, other = target.split("/")[0], room_of(target)
    if other_top not in ROOMS:
        return None
    if other_top != top:
        if top == "runtime":
            return "the runtime knows nothing of the compiler"
        return None if target in CONTRACT else "of the runtime the compiler reads the contract alone"
    rooms = ROOMS[top]
    if other in rooms and room in rooms:
        # All rooms may use files at the top: the ABI, and the compiler's precompiled header.
        if room and rooms.index(other) > rooms.index(room):
            return "`%s` is below `%s`" % (other, room)
        if top == "compiler" and other in NOT_SEEN.get(room, ()):
            return "`%s` does not see `%s`" % (room, other)
    return None


for top in ROOMS:
    for folder, _, files in os.walk(os.path.join(source, top)):
        sources = [name for name in files if name.endswith((".h", ".cpp", ".td", ".inc"))]
        if len(sources) > MOST_FILES:
            problems.append("%s: %d sources at one level, more than %d" % (os.path.relpath(folder, source), len(sources), MOST_FILES))
        for name in sources:
            path = os.path.relpath(os.path.join(folder, name), source).replace(os.sep, "/")
            if room_of(path) and room_of(path) not in ROOMS[top]:
                problems.append("%s: `%s` is not a room of the list" % (path, room_of(path)))
                continue
            inside = False
            with open(os.path.join(source, path), encoding="utf-8") as file:
                for number, line in enumerate(file, 1):
                    if name.endswith(".h") and line.startswith("using namespace") and not inside:
                        problems.append("%s:%d: `using namespace` outside of a namespace" % (path, number))
                    inside = line.startswith("namespace ") or inside and not line.startswith("}")
                    found = re.match(r'\s*#?\s*include\s+["<]([^">]+)[">]', line)
                    if found:
                        count += 1
                        problem = check(path, found.group(1))
                        if problem:
                            problems.append("%s:%d: %s: %s" % (path, number, found.group(1), problem))

print("%d includes, %d problems" % (count, len(problems)))
print("\n".join(problems))
sys.exit(1 if problems or count < 100 else 0)
