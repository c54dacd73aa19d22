# closed.py TRAINER NNC PROGRAM: runs with standard streams closed, broken or full, and with a limit on the size of files.
import json
import os
import resource
import signal
import subprocess
import sys

trainer, nnc, program = os.path.abspath(sys.argv[1]), sys.argv[2], sys.argv[3]
problems = []


def check(what, good, *more):
    if not good:
        problems.append(" ".join([what] + [repr(m) for m in more]))


def lines(path):
    with open(path) as file:
        return [json.loads(line) for line in file]


# Every set of closed descriptors.
for closed in ([1], [2], [0], [0, 1], [1, 2], [0, 1, 2]):
    for command in ([trainer, "--log", "l"], [nnc, "run", program, "--log", "l"]):
        code = subprocess.run(command, preexec_fn=lambda: [os.close(d) for d in closed], timeout=60).returncode
        check("closed %s: exit code" % closed, code == 0, code)
        try:
            check("closed %s: the log" % closed, lines("l")[-1]["event"] == "end")
        except ValueError as error:
            problems.append("closed %s: the log holds something else: %s" % (closed, error))

# Nobody reads: the run ends early, with a checkpoint from which it can be resumed.
os.remove("ck.st")
reader, writer = os.pipe()
os.close(reader)
done = subprocess.run([trainer], stdout=writer, stderr=subprocess.PIPE, timeout=60)
os.close(writer)
check("broken pipe", done.returncode == 1 and b"could not be written" in done.stderr, done.returncode, done.stderr)
check("broken pipe: no checkpoint", os.path.exists("ck.st"))
done = subprocess.run([trainer, "--resume"], stdout=subprocess.PIPE, timeout=60)
check("resumed", done.returncode == 0 and b"resumed from ck.st" in done.stdout, done.stdout)

# Output on a full disk.
with open("/dev/full", "w") as full:
    for command in ([trainer, "--help"], [nnc, "--help"], [nnc, "--version"], [trainer], [nnc, "run", program]):
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, timeout=60)
        check("/dev/full: %s" % command, done.returncode == 1 and b"could not be written" in done.stderr, done.returncode, done.stderr)
    done = subprocess.run([nnc], input=b"print 1 + 2\n", stdout=full, stderr=subprocess.PIPE, timeout=60)
    check("/dev/full: the REPL", done.returncode == 1, done.returncode, done.stderr)

# Files may not become that large: this must be an error, not a signal.
done = subprocess.run([trainer, "--quiet"], stderr=subprocess.PIPE, timeout=60,
                      preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200)))
check("file size", done.returncode == 1 and b"File too large" in done.stderr, done.returncode, done.stderr)
check("left behind", not [name for name in os.listdir(".") if name.endswith(".tmp")], os.listdir("."))

# Names that cannot be written must be reported before anything is trained.
for flags in (["--log", "x" * 300], ["--tensorboard", "x" * 300], ["--log", "none/l"]):
    done = subprocess.run([trainer] + flags, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    check("%s" % flags, done.returncode == 1 and b"epoch" not in done.stdout, done.returncode, done.stdout)
print("\n".join(problems))
sys.exit(len(problems) > 0)
