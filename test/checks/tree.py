# tree.py SOURCE: checks the tree: every room of compiler/, and runtime/, examples/ and test/, have a README.md; no tracked file is larger
# than 300 KB; no file contains a web address or an absolute path of one machine.
import os
import re
import subprocess
import sys

source = sys.argv[1]
problems = []
for top in ("compiler", "runtime", "examples", "test", "grammar"):
    folder = os.path.join(source, top)
    rooms = [os.path.join(folder, name) for name in sorted(os.listdir(folder))] if top == "compiler" else [folder]
    for room in rooms:
        if os.path.isdir(room) and top != "grammar" and not os.path.exists(os.path.join(room, "README.md")):
            problems.append("%s: no README.md" % os.path.relpath(room, source))

try:
    tracked = subprocess.run(["git", "-C", source, "ls-files", "-z"], capture_output=True, check=True).stdout
    files = [name for name in tracked.decode().split("\0") if name]
except (OSError, subprocess.CalledProcessError):
    files = []  # an unpacked archive has no list of tracked files
ADDRESS = re.compile(r"https?://(?!www\.w3\.org/)|(?<![\w.])/(home|root|work|mnt|tmp/[a-z]+\.[a-z]+)/")
for name in files:
    path = os.path.join(source, name)
    if not os.path.isfile(path):
        continue
    if os.path.getsize(path) > 300_000:
        problems.append("%s: %d bytes are too many for a tracked file" % (name, os.path.getsize(path)))
    if name.endswith((".md", ".cpp", ".h", ".td", ".py", ".nn", ".cmake", ".txt", ".test", ".json", ".sh", ".in")) or name in (
            "bootstrap", ".ci/run"):
        with open(path, encoding="utf-8", errors="replace") as file:
            for number, line in enumerate(file, 1):
                if ADDRESS.search(line) and name != "test/checks/tree.py":
                    problems.append("%s:%d: an address or a machine's path: %s" % (name, number, line.strip()))
print("%d tracked files" % len(files))
print("\n".join(problems))
sys.exit(1 if problems else 0)
