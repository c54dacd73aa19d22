# flip.py TRAINER ROUNDS: ck.st with a flipped bit, with bytes added or removed, or with contradictory numbers under a correct checksum;
# --resume must reject each of them and change nothing.
import os
import random
import re
import struct
import subprocess
import sys
import zlib

trainer, rounds = os.path.abspath(sys.argv[1]), int(sys.argv[2])
good = open("ck.st", "rb").read()
header = 8 + struct.unpack("<Q", good[:8])[0]
draw = random.Random(5)
os.makedirs("flip", exist_ok=True)
problems = []


def refused(what, data):
    with open("flip/ck.st", "wb") as file:
        file.write(data)
    done = subprocess.run([trainer, "--resume", "--quiet", "--threads", "1"], cwd="flip", stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=60)
    if done.returncode != 1 or b"error: ck.st " not in done.stderr:
        problems.append("%s: exit code %d: %r" % (what, done.returncode, done.stderr[:200]))
    if os.listdir("flip") != ["ck.st"]:
        problems.append("%s: something was written: %s" % (what, os.listdir("flip")))
        os.remove("flip/net.st")


def changed(name, value):
    """The checkpoint with a metadata entry replaced by another of the same length, and the new checksum."""
    found = re.search(b'"%s":"([^"]*)"' % name.encode(), good)
    length = len(found.group(1))
    if len(value) > length:
        sys.exit("flip.py: %s: %r is longer than %r" % (name, value, found.group(1)))
    data = good[:found.start(1)] + value.rjust(length).encode() + good[found.end(1):]
    data = re.sub(b'"crc32:[0-9a-f]{8}"', b'"crc32:00000000"', data, count=1)
    return data.replace(b'"crc32:00000000"', b'"crc32:%08x"' % zlib.crc32(data), 1)


for number in range(rounds):
    data = bytearray(good)
    at = draw.randrange(len(data)) if number % 2 else draw.randrange(header)
    data[at] ^= 1 << draw.randrange(8)
    refused("bit at %d" % at, bytes(data))
for count in (1, 2, 7, 8, 9, 64):
    refused("%d bytes more" % count, good + bytes(count))
    refused("%d bytes less" % count, good[:-count])
for name, value in (("step", "-1"), ("step", "99"), ("step", "x"), ("epochs", "0"), ("history stride", "0"), ("history stride", "3"),
                    ("finished", "?"), ("seconds", "-1"), ("seconds", "nan"), ("stopped early", "x"), ("format", "nnc checkpoint")):
    refused("%s = %s" % (name, value), changed(name, value))
print("\n".join(problems[:20]))
sys.exit(len(problems) > 0)
