# cut.py NNC: truncates files of images at several moments during runs, and writes into them once.
import os
import struct
import subprocess
import sys
import time

nnc, count = sys.argv[1], 2000


def write():
    with open("i.idx", "wb") as file:
        file.write(struct.pack(">HBBIII", 0, 8, 3, count, 64, 64) + bytes(range(256)) * (16 * count))
    with open("l.idx", "wb") as file:
        file.write(struct.pack(">HBBI", 0, 8, 1, count) + bytes(i % 3 for i in range(count)))


write()
subprocess.run([nnc, "i.nn", "-o", "i"], check=True)
for wait, how in ((0.3, "cut"), (0.9, "cut"), (1.5, "change")):
    write()
    if os.path.exists("i.ck"):
        os.remove("i.ck")
    run = subprocess.Popen(["./i"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    while not os.path.exists("i.ck"):
        time.sleep(0.01)
    time.sleep(wait)
    with open("i.idx", "r+b") as file:
        if how == "cut":
            file.truncate(4 << 20)
        else:
            file.seek(1 << 20)
            file.write(b"\0")
    said = run.communicate(timeout=60)[1].decode()
    if run.returncode != 1 or "i.idx was cut or written to while it was read" not in said or "--resume goes on from there" not in said:
        sys.exit("cut.py: exit code %d: %s" % (run.returncode, said))
    write()
    done = subprocess.run(["./i", "--resume", "--max-steps", "40"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0 or b"resumed from i.ck at step" not in done.stdout:
        sys.exit("cut.py: --resume: %s" % done.stdout.decode())
