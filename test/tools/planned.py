# planned.py --nnc NNC PROGRAM [FLAGS…]: checks that the memory that `--emit=plan` shows for each training step is what the run allocates.
#
# FLAGS go to the run, such as --max-steps 2. The train statements of a program are compared in order.
import argparse
import re
import subprocess
import sys

parser = argparse.ArgumentParser(allow_abbrev=False)
parser.add_argument("--nnc", required=True)
parser.add_argument("program")
parser.add_argument("flags", nargs=argparse.REMAINDER)
options = parser.parse_args()


def run(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
    if done.returncode != 0:
        sys.exit("planned.py: %s: exit code %d\n%s" % (" ".join(command), done.returncode, done.stderr.decode()[:4000]))
    return done.stdout.decode()


def numbers(pattern, text):
    return [int(found.replace(",", "")) for found in re.findall(pattern, text, re.M)]


plan = run(options.nnc, options.program, "--emit=plan")
timing = run(options.nnc, "run", options.program, "--timing", "--quiet", *options.flags)
problems = []
for what, planned, measured in (
        ("arena", r"^  arena +([\d,]+)", r"memory: arena ([\d,]+) bytes"),
        ("scratch", r"^  scratch of a step +([\d,]+)", r"a step of .*: scratch ([\d,]+) bytes"),
        ("batch", r"^  its batch +([\d,]+)", r"a step of .* batch ([\d,]+) bytes"),
        ("results", r"^  its results +([\d,]+)", r"a step of .* results ([\d,]+) bytes")):
    announced, allocated = numbers(planned, plan), numbers(measured, timing)
    print("%s: planned %s, allocated %s" % (what, announced, allocated))
    if announced != allocated or not announced or (what == "arena" and not announced[0]):
        problems.append(what)
sums = numbers(r"^  a step in all +([\d,]+)", plan)
expected = [numbers(r"^  arena +([\d,]+)", plan)[0] + sum(parts) for parts in
            zip(*(numbers(r"^  %s +([\d,]+)" % name, plan) for name in ("scratch of a step", "its batch", "its results")))]
if sums != expected:
    problems.append("the sum: %s instead of %s" % (sums, expected))
if problems:
    sys.exit("planned.py: differs: " + ", ".join(problems))
