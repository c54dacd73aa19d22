# fails.py [--code N] [--within SECONDS] [--stdin FILE] [--stdout FILE] -- COMMAND…
#
# Runs a command that must fail cleanly: with exit code N (1 if not given), not by a signal, within two seconds. CPU time counts if it is
# less than the elapsed time, so a busy machine does not fail the test; a command that waits without working is stopped later. The output of
# the command, standard output and standard error together, is printed for FileCheck. NNC_TIME_FACTOR stretches the time limit (sanitizer
# builds).
import argparse
import os
import resource
import subprocess
import sys
import time

parser = argparse.ArgumentParser(allow_abbrev=False)
parser.add_argument("--code", type=int, default=1)
parser.add_argument("--within", type=float, default=2.0)
parser.add_argument("--stdin", default=os.devnull, help="a file to read as standard input")
parser.add_argument("--stdout", help="a file that gets standard output instead")
parser.add_argument("command", nargs=argparse.REMAINDER)
options = parser.parse_args()
command = options.command[1:] if options.command[:1] == ["--"] else options.command
limit = options.within * float(os.environ.get("NNC_TIME_FACTOR", "1"))

with open(options.stdin, "rb") as source:
    begun = time.monotonic()
    target = open(options.stdout, "wb") if options.stdout else subprocess.PIPE
    try:
        done = subprocess.run(command, stdin=source, stdout=target, stderr=subprocess.STDOUT if not options.stdout
                              else subprocess.PIPE, timeout=10 * limit + 20)
    except subprocess.TimeoutExpired as late:
        sys.stdout.buffer.write(late.stdout or b"")
        sys.exit("\nfails.py: stopped after %.0f s" % (10 * limit + 20))
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = min(used.ru_utime + used.ru_stime, time.monotonic() - begun)

output = (done.stderr if options.stdout else done.stdout) or b""
sys.stdout.buffer.write(output)
sys.stdout.flush()
if done.returncode < 0:
    sys.exit("fails.py: ended by signal %d" % -done.returncode)
if done.returncode != options.code:
    sys.exit("fails.py: exit code %d, expected %d" % (done.returncode, options.code))
if b"Sanitizer" in output or b"runtime error:" in output:
    sys.exit("fails.py: a sanitizer spoke")
if seconds > limit:
    sys.exit("fails.py: took %.2f s, the limit is %.2f s" % (seconds, limit))
