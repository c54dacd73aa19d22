# limits.py NNC PROGRAM FOLDER: runs a program with less and less address space, and where no further thread or process can be created. It
# must run, or end with exit code 1 and a message; a signal must never end it.
import os
import resource
import subprocess
import sys

nnc, program, folder = sys.argv[1:]
os.makedirs(folder, exist_ok=True)
os.chmod(folder, 0o777)


def attempt(what, arguments, limit, value, user=None):
    def prepare():
        resource.setrlimit(limit, (value, value))
        if user:
            os.setgid(user)
            os.setuid(user)

    environment = dict(os.environ, NNC_CACHE_DIR="")
    done = subprocess.run([nnc] + arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, preexec_fn=prepare, cwd=folder, env=environment)
    text = done.stdout.decode(errors="replace")
    if done.returncode not in (0, 1) or (done.returncode == 1 and "error: " not in text):
        sys.exit("%s: exit code %d\n%s" % (what, done.returncode, text))
    return done.returncode


def most_memory(arguments):
    """The least address space with which nnc starts: it cannot report what the loader cannot map."""
    low, high = 64, 4096
    while high - low > 4:
        middle = (low + high) // 2
        limit = lambda: resource.setrlimit(resource.RLIMIT_AS, (middle << 20, middle << 20))
        fine = subprocess.run([nnc, "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=limit).returncode == 0
        low, high = (low, middle) if fine else (middle, high)
    return high


least = most_memory([])
for arguments in (["run", program, "--quiet"], [program, "-o", "trainer"], ["check", program]):
    codes = [attempt("%s with %d MiB" % (arguments, least + more), arguments, resource.RLIMIT_AS, (least + more) << 20)
             for more in (0, 2, 4, 6, 8, 10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 64, 96, 128, 512)]
    print("memory:", arguments[0], "runs" if codes[-1] == 0 else "fails")

# The limit on processes does not apply to root, so another user without other processes is used.
user = 54321 if os.getuid() == 0 else None
for processes in (1, 2, 3):
    code = attempt("run with %d processes" % processes, ["run", program, "--quiet"], resource.RLIMIT_NPROC, processes, user)
    print("processes: runs" if code == 0 else "processes: fails")
attempt("link without processes", [program, "-o", "trainer"], resource.RLIMIT_NPROC, 1, user)
