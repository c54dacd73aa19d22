# race.py TRAINER: four runs at once, five times. Seeds differ, so that their weights do.
import os
import subprocess
import sys

trainer = os.path.abspath(sys.argv[1])
NAMES = ["ck.st", "net.st", "o.csv", "p.svg", "r.html"]


def start(folder, seed):
    os.makedirs(folder, exist_ok=True)
    return subprocess.Popen([trainer, "--quiet", "--seed", str(seed), "--threads", "1"], cwd=folder, stderr=subprocess.PIPE)


def contents(folder, name):
    with open(os.path.join(folder, name), "rb") as file:
        return file.read()


for seed in range(4):
    if start("alone%d" % seed, seed).wait() != 0:
        sys.exit("race.py: a run alone fails")
for attempt in range(5):
    for run in [start("shared", seed) for seed in range(4)]:
        said = run.communicate()[1]
        if run.returncode != 0:
            sys.exit("race.py: exit code %d: %s" % (run.returncode, said.decode()))
    if sorted(os.listdir("shared")) != NAMES:
        sys.exit("race.py: left behind: %s" % os.listdir("shared"))
    for name in ("net.st", "o.csv"):
        if contents("shared", name) not in [contents("alone%d" % seed, name) for seed in range(4)]:
            sys.exit("race.py: %s is from none of the runs" % name)
    if not contents("shared", "r.html").rstrip().endswith(b"</html>") or not contents("shared", "p.svg").rstrip().endswith(b"</svg>"):
        sys.exit("race.py: a page is cut off")
