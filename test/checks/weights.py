# weights.py BEFORE AFTER PROGRAM...: runs programs with two builds of nnc and checks that the weights they save are the same to the last
# bit: in memory and compiled, with one thread and with two. --steps N: at most N training steps (all by default). By hand, after a change
# that must not change what is computed. A program that saves nothing gets a `save` for each of its models at its end. What a program
# writes besides weights is not compared.
import argparse
import hashlib
import os
import re
import subprocess
import sys
import tempfile

parser = argparse.ArgumentParser()
parser.add_argument("before")
parser.add_argument("after")
parser.add_argument("programs", nargs="+")
parser.add_argument("--steps")
parser.add_argument("--data", help="a folder with data that programs name relative to it")
parser.add_argument("--minutes", type=float, default=20, help="the limit for one run")
options = parser.parse_args()


def saved(nnc, program, compiled, threads):
    """The exit code, and the weights by name with their digests."""
    with tempfile.TemporaryDirectory() as folder:
        with open(program, encoding="utf-8") as file:
            text = file.read()
        if not re.search(r"^ *save ", text, re.M):
            text += "".join('\nsave %s to "%s.safetensors"' % (name, name) for name in re.findall(r"^model (\w+)", text, re.M)) + "\n"
        flags = ["--quiet", "--threads", str(threads)]
        flags += ["--max-steps", options.steps] if options.steps else []
        flags += ["--data", options.data or os.path.dirname(os.path.abspath(program))]
        program = os.path.join(folder, "program.nn")
        with open(program, "w", encoding="utf-8") as file:
            file.write(text)
        command = [nnc, "run", "--lints=off", program]
        if compiled:
            made = subprocess.run([nnc, "--lints=off", program, "-o", "trainer"], cwd=folder, capture_output=True)
            if made.returncode:
                return made.returncode, {}
            command = ["./trainer"]
        try:
            code = subprocess.run(command + flags, cwd=folder, capture_output=True, timeout=60 * options.minutes).returncode
        except subprocess.TimeoutExpired:
            return "no end within %g minutes" % options.minutes, {}
        digests = {}
        for place, _, names in os.walk(folder):
            for name in names:
                if name.endswith(".safetensors"):
                    with open(os.path.join(place, name), "rb") as file:
                        digests[os.path.relpath(os.path.join(place, name), folder)] = hashlib.sha256(file.read()).hexdigest()
        return code, digests


same = different = none = 0
for program in options.programs:
    for compiled in (False, True):
        for threads in (1, 2):
            results = [saved(os.path.abspath(nnc), program, compiled, threads) for nnc in (options.before, options.after)]
            how = "%s, %s, %d threads" % (os.path.basename(program), "compiled" if compiled else "in memory", threads)
            if results[0] != results[1]:
                different += 1
                print("%s: DIFFERENT: %s, then %s" % (how, results[0], results[1]), flush=True)
            elif not results[0][1]:
                none += 1
                print("%s: exit code %s, no weights" % (how, results[0][0]), flush=True)
            else:
                same += 1
                print("%s: the same %d files" % (how, len(results[0][1])), flush=True)
print("%d runs with the same weights, %d different, %d that save none" % (same, different, none))
sys.exit(1 if different or not same else 0)
