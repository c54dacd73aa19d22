# format.py SOURCE: every C++ file is as clang-format-19 makes it (.clang-format); `clang-format-19 -i FILE` mends one.
import os
import subprocess
import sys

source = sys.argv[1]
files = []
for top in ("bench", "compiler", "runtime", "test"):
    for folder, _, names in os.walk(os.path.join(source, top)):
        files += [os.path.join(folder, name) for name in sorted(names) if name.endswith((".h", ".cpp", ".c"))]
failed = False
for first in range(0, len(files), 200):
    failed |= subprocess.run(["clang-format-19", "--dry-run", "-Werror"] + files[first:first + 200]).returncode != 0
print("%d files" % len(files))
sys.exit(1 if failed or len(files) < 100 else 0)
