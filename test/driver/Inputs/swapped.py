# swapped.py TRAINER OUTPUT: a trainer whose program needs a feature that no processor has, in place of FMA.
#
# The program is compressed (runtime/schema/pack.cpp), so it is unpacked, changed and compressed again, into the same space.
import sys
import zlib

ABSENT = b"xop", b"tbm", b"lwp"  # of AMD's processors before Zen; as long as the name of FMA

trainer = bytearray(open(sys.argv[1], "rb").read())


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


def swap():
    at = trainer.find(b"\x78\xda")
    while at >= 0:
        stream = zlib.decompressobj()
        try:
            data = stream.decompress(bytes(trainer[at:]))
        except zlib.error:
            data = b""
        if b",fma," in data:
            length = len(trainer) - at - len(stream.unused_data)
            for name in ABSENT:
                new = packed(data.replace(b",fma,", b"," + name + b","), length)
                if new:
                    trainer[at:at + length] = new + bytes(length - len(new))
                    return True
        at = trainer.find(b"\x78\xda", at + 1)
    return False


if not swap():
    sys.exit("no compressed program with `fma` in it, or no room for another name")
open(sys.argv[2], "wb").write(trainer)
