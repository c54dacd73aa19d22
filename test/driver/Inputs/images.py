# images.py NAME: a folder of images with two classes, and the program NAME.nn that reads it.
import os
import struct
import sys
import zlib

name = sys.argv[1]


def png(value):
    chunk = lambda kind, body: struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    rows = b"".join(b"\0" + bytes([value] * 2) for _ in range(2))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 2, 8, 0, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(rows)) +
            chunk(b"IEND", b""))


for label, value in (("a", 10), ("b", 200)):
    os.makedirs(os.path.join(name, label), exist_ok=True)
    for i in range(2):
        with open(os.path.join(name, label, "%d.png" % i), "wb") as file:
            file.write(png(value + i))
with open(name + ".nn", "w") as file:
    file.write('data d = images("%s") { x = image; y = label }\n' % name +
               "model net(x: [1, 2, 2]) -> [2] { x |> flatten |> dense(2) }\n"
               "train net on d { loss = cross_entropy(net(x), y); optimizer = sgd(lr = 0.01); batch = all; epochs = 1 }\n")
