# othermachine.py --nnc NNC --source SOURCE --dir DIR PROGRAM: follows the README's recipe for another machine, word for word but for
# -O0 (half of the time), runs the trainer under qemu, and compares what it prints with what `nnc run` prints here.
import argparse
import gzip
import math
import os
import re
import shutil
import subprocess
import sys

options = argparse.ArgumentParser()
for name in ("--nnc", "--source", "--dir"):
    options.add_argument(name, required=True)
options.add_argument("program")
options = options.parse_args()

options.program = os.path.abspath(options.program)
shutil.rmtree(options.dir, ignore_errors=True)
os.makedirs(options.dir)
os.chdir(options.dir)
os.symlink(os.path.join(options.source, "runtime"), "runtime")
# NNC is BUILD/bin/nnc; BUILD has the runtime's generated headers too.
os.symlink(os.path.dirname(os.path.dirname(os.path.abspath(options.nnc))), "build")
shutil.copy(options.program, "FILE.nn")
with gzip.open("points.csv.gz", "wt") as file:
    file.write("a,b,c\n")
    for i in range(200):
        a, b = math.sin(i), math.cos(3 * i)
        file.write("%.6f,%.6f,%.6f\n" % (a, b, math.sin(a) - 0.5 * b))

with open(os.path.join(options.source, "README.md"), encoding="utf-8") as file:
    recipe = re.search(r"\nFor another machine.*?\n```\n(.*?)\n```\n", file.read(), re.S).group(1)
lines = [line for line in recipe.replace("\\\n", " ").split("\n") if not line.startswith(("apt-get", "dpkg"))]
script = "\n".join(["set -e"] + lines).replace("-O2", "-O0")
# Data files are looked for in the program's folder, too, which is not the trainer's.
there = subprocess.run(["bash", "-c", script + " --quiet --data .."], capture_output=True, text=True)
print(there.stdout, there.stderr, sep="")
if there.returncode:
    sys.exit("the recipe ended with exit code %d:\n%s" % (there.returncode, script))
here = subprocess.run([options.nnc, "run", "FILE.nn", "--quiet"], capture_output=True, text=True, check=True)

numbers = lambda text: [float(n) for n in re.findall(r"(?<![\w.])-?[0-9]+(?:\.[0-9]+)?(?:e[-+]?[0-9]+)?", text)]
a, b = numbers(here.stdout), numbers(there.stdout)
if len(a) != len(b) or len(a) < 3 or any(not math.isclose(p, q, rel_tol=1e-3, abs_tol=1e-4) for p, q in zip(a, b)):
    sys.exit("the two machines differ; here:\n" + here.stdout)
