# schedules.py --nnc NNC --nn-opt NN_OPT --levels LEVEL,… PROGRAM…: checks that the text of --emit=fused is the whole schedule.
#
# For each level of processor: nn-opt reads and prints --emit=fused unchanged, makes it from --emit=grad, and makes --emit=mlir from it. So
# nothing that decides code is known to nnc alone.
import argparse
import difflib
import subprocess
import sys

parser = argparse.ArgumentParser(allow_abbrev=False)
parser.add_argument("--nnc", required=True)
parser.add_argument("--nn-opt", required=True)
parser.add_argument("--levels", required=True)
parser.add_argument("programs", nargs="+")
options = parser.parse_args()


def run(command, stdin=""):
    done = subprocess.run(command, input=stdin.encode(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
    if done.returncode != 0:
        sys.exit("schedules.py: %s: exit code %d\n%s" % (" ".join(command), done.returncode, done.stderr.decode()[:4000]))
    return done.stdout.decode().rstrip()


def compare(what, expected, found):
    if expected != found:
        difference = difflib.unified_diff(expected.split("\n"), found.split("\n"), "nnc", "nn-opt", lineterm="", n=1)
        sys.exit("schedules.py: %s differs:\n%s" % (what, "\n".join(line[:400] for line in list(difference)[:20])))


for program in options.programs:
    for level in options.levels.split(","):
        grad, fused, loops = (run([options.nnc, program, "--cpu", level, "--emit=" + stage]) for stage in ("grad", "fused", "mlir"))
        if "kern.fused" not in fused:
            sys.exit("schedules.py: %s has no kernels" % program)
        compare("%s for %s, read back," % (program, level), fused, run([options.nn_opt], fused))
        compare("%s for %s, from --emit=grad," % (program, level), fused, run([options.nn_opt, "--nn-pipeline-kern=cpu=" + level], grad))
        compare("%s for %s, lowered," % (program, level), loops, run([options.nn_opt, "--nn-pipeline-loops=cpu=" + level], fused))
        print("%s: %d kernels for %s" % (program.split("/")[-1], fused.count("kern.fused"), level))
