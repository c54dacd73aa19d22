# inputs.py DIR: writes the data files, intact and damaged, that the programs of test/errors read.
import gzip
import os
import struct
import sys

folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)


def write(name, data):
    with open(os.path.join(folder, name), "wb") as file:
        file.write(data if isinstance(data, bytes) else data.encode())


def idx(shape, data):
    return struct.pack(">BBBB", 0, 0, 8, len(shape)) + b"".join(struct.pack(">I", n) for n in shape) + bytes(data)


images = idx([20, 4, 4], (i * 7 % 256 for i in range(20 * 16)))
labels = idx([20], (i % 10 for i in range(20)))
packed = gzip.compress(images, mtime=0)
write("images.idx", images)
write("labels.idx", labels)
write("images.idx.gz", packed)
write("labels.idx.gz", gzip.compress(labels, mtime=0))
write("cut.idx", images[:200])
write("cut_header.idx", images[:9])
write("cut.idx.gz", packed[:len(packed) * 2 // 3])
write("damaged.idx.gz", packed[:30] + bytes(b ^ 0x5A for b in packed[30:60]) + packed[60:])
write("longer.idx", images + b"more")
write("magic.idx", b"\x89PNG\r\n\x1a\n" + images[8:])
write("none.idx", idx([0, 4, 4], b""))
write("huge.idx", struct.pack(">BBBBIII", 0, 0, 8, 3, 2**32 - 1, 2**32 - 1, 2**32 - 1))
write("few_labels.idx", idx([7], range(7)))
write("big_labels.idx", idx([20], [3] * 13 + [12] + [3] * 6))
write("empty", b"")
os.makedirs(os.path.join(folder, "folder"), exist_ok=True)

good = "width,height,kind\n" + "".join("%d,%d,%d\n" % (i, 2 * i, i % 3) for i in range(12))
write("good.csv", good)
write("nan.csv", good.replace("5,10,", "5,nan,"))
write("infinite.csv", good.replace("5,10,", "5,inf,"))
write("text.csv", good.replace("5,10,", "5,ten,"))
write("hole.csv", good.replace("5,10,", "5,,"))
write("ragged.csv", good.replace("5,10,2", "5,10,2,9"))
write("header_only.csv", "width,height,kind\n")
write("same_names.csv", good.replace("height", "width"))
write("quote.csv", good.replace("5,10,", '5,"10,'))
write("nul.csv", good.encode().replace(b"5,10,", b"5,\0,"))
write("kinds.csv", good.replace("5,10,2", "5,10,7"))
write("latin1.csv", good.replace("5,10,", "5,\xe9,").encode("latin-1"))
