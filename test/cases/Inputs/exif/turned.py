# Writes one small picture in each of the eight orientations with the matching tag, in both byte orders, before and after the pixels; and
# upright with damaged tags.
import os
import struct
import zlib

import numpy as np

picture = np.array([[10, 20, 30], [40, 50, 60]], np.uint8)
# The stored form of the picture for each orientation.
stored = {1: picture, 2: picture[:, ::-1], 3: picture[::-1, ::-1], 4: picture[::-1], 5: picture.T, 6: np.rot90(picture, 1),
          7: picture.T[::-1, ::-1], 8: np.rot90(picture, -1)}


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def write(name, pixels, exif, after=False):
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    tag = chunk(b"eXIf", exif)
    with open("turned/a/%s.png" % name, "wb") as f:
        f.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", pixels.shape[1], pixels.shape[0], 8, 0, 0, 0, 0)))
        f.write((b"" if after else tag) + chunk(b"IDAT", zlib.compress(rows)) + (tag if after else b"") + chunk(b"IEND", b""))


def exif(order, orientation, kind=3, count=1, directory=8):
    header = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", directory)
    entry = struct.pack(order + "HHI", 0x0112, kind, count) + struct.pack(order + ("HH" if kind == 3 else "I"), *([orientation, 0] if kind == 3 else [orientation]))
    other = struct.pack(order + "HHII", 0x0100, 4, 1, 3)
    return header + struct.pack(order + "H", 2) + other + entry + struct.pack(order + "I", 0)


os.makedirs("turned/a")
for o, pixels in stored.items():
    write("little%d" % o, pixels, exif("<", o))
    write("big%d" % o, pixels, exif(">", o), after=True)
    write("long%d" % o, pixels, exif(">", o, kind=4))
for name, data in {"nine": exif("<", 9), "none": b"", "two": exif("<", 6, count=2), "far": exif(">", 6, directory=0xfffffff0),
                   "odd": exif("<", 6, kind=7), "short": exif("<", 6)[:30], "cut": exif(">", 6)[:7]}.items():
    write(name, picture, data)
with open("turned.nn", "w") as f:
    f.write('data d = images("turned") { x = image }\nmodel same(x: [1, 2, 3]) -> [6] { x |> flatten }\npredict same on d\n')
