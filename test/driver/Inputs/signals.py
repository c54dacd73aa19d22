# signals.py NNC PROGRAM FOLDER: interrupts compilations at many moments. Each must end by the signal, soon, and leave nothing behind:
# no output, no temporary file beside it or in the cache, no process of the linker.
import os
import shutil
import signal
import subprocess
import sys
import time

nnc, program, folder = sys.argv[1:]
soon = 2 * float(os.environ.get("NNC_TIME_FACTOR", "1"))
shutil.rmtree(folder, ignore_errors=True)
os.makedirs(folder)
trainer, cache = os.path.join(folder, "trainer"), os.path.join(folder, "cache")


def begin(arguments):
    return subprocess.Popen([nnc] + arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)


def linkers():
    """The processes that still have the trainer's folder in their command line."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            words = open("/proc/%s/cmdline" % pid, "rb").read().decode(errors="replace").split("\0")
        except OSError:
            continue
        if int(pid) != os.getpid() and any(trainer + "." in word for word in words):
            found.append(words[0])
    return found


def attempt(arguments, after, number):
    process = begin(arguments)
    try:
        process.wait(timeout=after)
        return False  # it was already done
    except subprocess.TimeoutExpired:
        pass
    process.send_signal(number)
    sent = time.monotonic()
    message = process.communicate()[1].decode()
    took = time.monotonic() - sent
    what = "%s of %s after %.2f s" % (signal.Signals(number).name, arguments[0], after)
    if process.returncode not in (-number, 128 + number, 0):
        sys.exit("%s: exit code %d\n%s" % (what, process.returncode, message))
    if process.returncode and took > soon:
        sys.exit("%s: ended %.2f s later" % (what, took))
    left = os.listdir(folder)
    if "trainer" in left: # the signal came when it had been written: then it is whole
        subprocess.run([trainer, "--version"], check=True, stdout=subprocess.DEVNULL)
        os.remove(trainer)
        left.remove("trainer")
    kept = [name for name in os.listdir(cache)] if os.path.isdir(cache) else []
    left = [name for name in left if name != "cache"] + [name for name in kept if "." in name and not name.endswith("timestamp")]
    if left:
        sys.exit("%s: left %s" % (what, left))
    if linkers():
        sys.exit("%s: still there: %s" % (what, linkers()))
    shutil.rmtree(cache, ignore_errors=True)
    return process.returncode != 0


for arguments in (["--lints=off", "--cache", cache, program, "-o", trainer], ["run", "--lints=off", "--cache", cache, program, "--quiet"]):
    began = time.monotonic()
    if begin(arguments).wait():
        sys.exit("signals.py: cannot be compiled")
    # What one compilation takes. A machine with other work is slower at one moment than at the next, so every compilation that was done
    # before its signal corrects it.
    whole = time.monotonic() - began
    shutil.rmtree(cache, ignore_errors=True)
    if os.path.exists(trainer):
        os.remove(trainer)
    moments, wanted, ended = 12, 8, 0
    for i in range(5 * moments):
        if i >= moments and ended >= wanted:
            break
        after = whole * (i % moments + 0.5) / moments
        if attempt(arguments, after, (signal.SIGINT, signal.SIGTERM)[i % 2]):
            ended += 1
        else:
            whole = min(whole, after)
    print("interrupted" if ended >= wanted else "hardly ever interrupted: %d" % ended, "while making",
          "a trainer" if arguments[0] != "run" else "code in memory")
