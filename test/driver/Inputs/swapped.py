# swapped.py TRAINER OUTPUT: a trainer whose program needs a feature that no processor has, in place of FMA. The program is compressed, so it
# is unpacked, changed and compressed again, into the same space.
import os
import sys
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "tools"))
from inflated import streams

ABSENT = b"xop", b"tbm", b"lwp"  # of AMD's processors before Zen; as long as the name of FMA


def packed(data, length):
    """`data` compressed to at most `length` bytes, or None."""
    for level in (9, 8, 7, 6):
        for memory in range(9, 0, -1):
            for strategy in (zlib.Z_DEFAULT_STRATEGY, zlib.Z_FILTERED):
                maker = zlib.compressobj(level, zlib.DEFLATED, 15, memory, strategy)
                result = maker.compress(data) + maker.flush()
                if len(result) <= length:
                    return result
    return None


with open(sys.argv[1], "rb") as file:
    trainer = file.read()
for at, length, program in streams(trainer):
    for name in ABSENT:
        new = packed(program.replace(b",fma,", b"," + name + b","), length) if b",fma," in program else None
        if new:
            with open(sys.argv[2], "wb") as file:
                file.write(trainer[:at] + new + bytes(length - len(new)) + trainer[at + length:])
            sys.exit(0)
sys.exit("no compressed program with `fma` in it, or no room for another name")
