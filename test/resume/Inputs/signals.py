# signals.py TRAINER: kills the run by each signal in turn, and without one, and resumes it with the same log.
import json
import os
import signal
import subprocess
import sys
import time

trainer = os.path.abspath(sys.argv[1])
problems = []


def epochs():
    with open("log") as file:
        return [json.loads(line)["epoch"] for line in file if '"event": "epoch"' in line]


def start(flags, **more):
    return subprocess.Popen([trainer, "--log", "log"] + flags, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **more)


for kind in (signal.SIGHUP, signal.SIGTERM, signal.SIGPIPE, signal.SIGKILL):
    for name in ("log", "net.safetensors", "moons.ckpt"):
        if os.path.exists(name):
            os.remove(name)
    run = start([])
    while run.poll() is None and (not os.path.exists("log") or len(open("log").readlines()) < 6):
        time.sleep(0.001)
    run.send_signal(kind)
    said = run.communicate(timeout=60)[1].decode()
    over = run.returncode == 0  # it was already done
    expected = -kind if kind == signal.SIGKILL else 128 + kind
    if not over and run.returncode != expected:
        problems.append("%s: exit code %d: %s" % (kind, run.returncode, said))
    done = start(["--resume"])
    said = done.communicate(timeout=120)[1].decode()
    seen = epochs()
    if done.returncode != 0 or seen != list(range(1, len(seen) + 1)):
        problems.append("%s: resumed: exit code %d, epochs %s %s" % (kind, done.returncode, seen, said))

ignored = start([], preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
time.sleep(0.05)
ignored.send_signal(signal.SIGHUP)
ignored.communicate(timeout=120)
if ignored.returncode != 0:
    problems.append("nohup: exit code %d" % ignored.returncode)
print("\n".join(problems))
sys.exit(len(problems) > 0)
