# faults.py --dir DIR [--each N] [--kills] -- TRAINER [FLAGS…]: checks a run whose system calls fail.
#
# TRAINER is run once undisturbed; then again for every N-th (1: every) call by which it opens one of its files, writes, flushes or renames,
# and strace makes that call fail, with each error in turn, or (--kills) kills the process there. The files that the run writes are already
# in its folder from an earlier run (--seed 9). After each failure every one of them must be the old file or a complete new one, there must
# be no other files, and the exit code must be 1 with a message unless all are new. After each kill, the resumed run must end with the
# weights of the undisturbed one, and remove leftovers.
import argparse
import json
import os
import re
import shutil
import subprocess
import sys

ERRORS = {"openat": ["EACCES", "EMFILE", "ENOSPC", "EIO"], "write": ["ENOSPC", "EIO", "EDQUOT", "EFBIG"],
          "fsync": ["EIO", "ENOSPC", "EDQUOT"], "rename": ["EIO", "ENOSPC", "EACCES", "EXDEV"], "ftruncate": ["EIO"],
          "close": ["EIO", "EDQUOT"], "fchmod": ["EPERM"]}
# Failures of reading are not tested here, only those of writing.
NOT_OURS = re.compile(r'"/(lib|usr|etc|proc|sys|dev)\b')

parser = argparse.ArgumentParser(allow_abbrev=False)
parser.add_argument("--dir", required=True)
parser.add_argument("--each", type=int, default=1)
parser.add_argument("--kills", action="store_true")
parser.add_argument("command", nargs=argparse.REMAINDER)
options = parser.parse_args()
command = [word for word in options.command if word != "--"]
trainer, flags = os.path.abspath(command[0]), command[1:] + ["--threads", "1"]
problems = []


def run(folder, *more, inject=None, trace=None):
    words = [trainer, *flags, *more]
    if inject:
        words = ["strace", "-f", "-o", os.devnull, "-e", "trace=" + inject.split(":")[0], "-e", "inject=" + inject, *words]
    if trace:
        words = ["strace", "-f", "-o", trace, "-e", "trace=" + ",".join(ERRORS), *words]
    return subprocess.run(words, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)


def files(folder):
    found = {}
    for at, _, names in os.walk(folder):
        for name in names:
            path = os.path.relpath(os.path.join(at, name), folder)
            if "tfevents" in path:
                continue  # each run has its own
            with open(os.path.join(at, name), "rb") as file:
                found[path] = file.read()
    return found


def fresh(name):
    folder = os.path.join(options.dir, name)
    shutil.rmtree(folder, ignore_errors=True)
    return folder


def whole(path, data):
    """Whether a file whose contents differ from run to run is complete."""
    if path.endswith(".html"):
        return data.rstrip().endswith(b"</html>")
    if path.endswith(".svg"):
        return data.rstrip().endswith(b"</svg>")
    if path.endswith(".jsonl"):
        try:
            return all(json.loads(line) is not None for line in data.decode().splitlines()) and data.endswith(b"\n") or not data
        except ValueError:
            return False
    return None


os.makedirs(options.dir, exist_ok=True)
old = fresh("old")
os.makedirs(old)
done = run(old, "--seed", "9")
if done.returncode:
    sys.exit("faults.py: the run fails by itself: " + done.stderr.decode())
first = fresh("whole")
shutil.copytree(old, first)
trace = os.path.join(os.path.abspath(options.dir), "trace")
done = run(first, trace=trace)
if done.returncode:
    sys.exit("faults.py: the traced run fails by itself: " + done.stderr.decode())
before, after = files(old), files(first)

# The number of each call among those of its kind in the main thread.
calls, counts, main = [], {}, None
with open(trace, errors="replace") as file:
    for line in file:
        thread, _, call = line.partition(" ")
        main = main or thread
        kind = re.match(r"\s*(\w+)\(", call)
        if thread != main or not kind:
            continue
        kind = kind.group(1)
        counts[kind] = counts.get(kind, 0) + 1
        if kind == "openat" and NOT_OURS.search(call):
            continue
        if kind == "close" and not any(entry[0] == "openat" for entry in calls):
            continue  # the loader's
        calls.append((kind, counts[kind], call.strip()))


def judge(what, folder, done):
    now = files(folder)
    error = done.returncode != 0
    if done.returncode not in (0, 1):
        problems.append("%s: exit code %d" % (what, done.returncode))
    if error and b"error: " not in done.stderr:
        problems.append("%s: no message: %r" % (what, done.stderr[:200]))
    for path in sorted(set(now) | set(after)):
        data = now.get(path)
        if path not in after:
            problems.append("%s: left %s behind" % (what, path))
        elif data is None:
            problems.append("%s: %s is gone" % (what, path))
        elif path.endswith(".ck"):
            continue  # checked below
        elif data != before[path] and data != after[path] and not whole(path, data):
            problems.append("%s: %s is neither the old nor the new one" % (what, path))
        elif not error and whole(path, data) is None and data != after[path]:
            problems.append("%s: exit code 0, but %s is not the new one" % (what, path))
    # Every checkpoint can be resumed, or is the old one, which the message says.
    again = run(folder, "--resume")
    if again.returncode != 0 and b"does not fit this run: its seed is 9" not in again.stderr:
        problems.append("%s: --resume afterwards: %s" % (what, again.stderr.decode()[:300]))


def judge_kill(what, folder):
    again = run(folder, "--resume")
    if again.returncode != 0 and b"does not fit this run: its seed is 9" in again.stderr:
        again = run(folder)  # killed before its first checkpoint: there is nothing to resume
    if again.returncode != 0:
        problems.append("%s: --resume: %s" % (what, again.stderr.decode()[:300]))
        return
    now = files(folder)
    for path in sorted(set(now) | set(after)):
        if path not in after:
            problems.append("%s: %s stays behind" % (what, path))
        elif path.endswith((".safetensors", ".csv")) and now.get(path) != after[path]:
            problems.append("%s: %s differs from the undisturbed run's" % (what, path))
        elif path.endswith(".jsonl"):
            epochs = [json.loads(line)["epoch"] for line in now[path].decode().splitlines() if '"event": "epoch"' in line]
            if epochs[-len(set(epochs)):] != sorted(set(epochs)):
                problems.append("%s: the log's epochs are %s" % (what, epochs))


tried = 0
for index, (kind, number, call) in enumerate(calls):
    if index % options.each:
        continue
    for error in ["KILL"] if options.kills else ERRORS[kind] if options.each == 1 else [ERRORS[kind][index // options.each % len(ERRORS[kind])]]:
        folder = fresh("now")
        shutil.copytree(old, folder)
        what = "%s no. %d (%s) with %s" % (kind, number, call[:70], error)
        inject = "%s:%s=%s:when=%d" % (kind, "signal" if options.kills else "error", error, number)
        done = run(folder, inject=inject)
        tried += 1
        if options.kills:
            judge_kill(what, folder)
        else:
            judge(what, folder, done)
print("%d calls, %d %s, %d problems" % (len(calls), tried, "kills" if options.kills else "failures", len(problems)))
for problem in problems:
    print(problem)
sys.exit(1 if problems or not tried else 0)
