# killed.py --dir DIR --weights FILE [--after N] [--flags FLAGS] -- COMMAND…
#
# Runs a training command to its end in one folder; in another it kills it (SIGKILL) right after the end of epoch N and resumes it with
# `--resume`. Both must save the same bytes.
import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import time

parser = argparse.ArgumentParser(allow_abbrev=False)
parser.add_argument("--dir", required=True)
parser.add_argument("--weights", required=True, help="the file that the program saves")
parser.add_argument("--after", type=int, default=2, help="the epoch whose end is waited for")
parser.add_argument("--delay", type=float, default=0, help="seconds from there to the kill")
parser.add_argument("command", nargs=argparse.REMAINDER)
options = parser.parse_args()
command = options.command[1:] if options.command[:1] == ["--"] else options.command
folder = os.path.abspath(options.dir)
whole, broken = os.path.join(folder, "whole"), os.path.join(folder, "broken")
for place in (whole, broken):
    shutil.rmtree(place, ignore_errors=True)
    os.makedirs(place)


def complete(extra, place):
    done = subprocess.run(command + extra, cwd=place, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    if done.returncode != 0:
        sys.exit("killed.py: %s: exit code %d\n%s" % (" ".join(command + extra), done.returncode, done.stdout.decode()))
    return done.stdout.decode()


complete([], whole)
process = subprocess.Popen(command, cwd=broken, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
seen = []
for line in process.stdout:
    seen.append(line.decode())
    found = re.match(r"epoch (\d+)/", seen[-1])
    if found and int(found.group(1)) >= options.after:
        time.sleep(options.delay)
        process.send_signal(signal.SIGKILL)
        break
process.stdout.read()
if process.wait() != -signal.SIGKILL:
    sys.exit("killed.py: it ended before it was killed:\n" + "".join(seen))
if os.path.exists(os.path.join(broken, options.weights)):
    sys.exit("killed.py: weights were saved before the kill")
output = complete(["--resume"], broken)
print(output)
with open(os.path.join(whole, options.weights), "rb") as a, open(os.path.join(broken, options.weights), "rb") as b:
    if a.read() != b.read():
        sys.exit("killed.py: the resumed run saved other weights")
print("# killed behind epoch %d and resumed: same weights" % options.after, file=sys.stderr)
