# sources.py DIR: writes arrays, images and texts, intact and damaged, for the programs of test/sources.
import os
import struct
import sys
import zlib

import numpy

folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
place = lambda *names: os.path.join(folder, *names)


def write(name, data):
    os.makedirs(os.path.dirname(place(name)), exist_ok=True)
    with open(place(name), "wb") as file:
        file.write(data if isinstance(data, bytes) else data.encode())


# One array in every type, both byte orders, both orders of axes.
numbers = numpy.arange(24).reshape(4, 3, 2)
types = ["<f4", ">f4", "<f8", ">f8", "|i1", "<i2", ">i2", "<i4", "<i8", ">i8", "|u1", "<u2", ">u4", "<u8"]
arrays = {"a%d" % i: numbers.astype(t) for i, t in enumerate(types)}
arrays["f0"] = numpy.asfortranarray(numbers.astype("<f4"))
arrays["f1"] = numpy.asfortranarray(numbers.astype(">i4"))
arrays["odd"] = numbers % 2 == 1
numpy.savez(place("types.npz"), **arrays)
numpy.savez_compressed(place("packed.npz"), **arrays)
numpy.save(place("objects.npy"), numpy.array([{}, 1], dtype=object), allow_pickle=True)
numpy.save(place("half.npy"), numbers.astype("f2"))

# Two clouds, one much rarer than the other, with their own test set in the same archive.
random = numpy.random.default_rng(1)
def clouds(often, rarely):
    y = numpy.repeat([0, 1], [often, rarely]).astype("u1")
    return (random.normal(size=(len(y), 2)) + 1.2 * y[:, None]).astype("f4"), y
x_train, y_train = clouds(380, 20)
x_test, y_test = clouds(500, 500)
numpy.savez(place("clouds.npz"), x_train=numpy.asfortranarray(x_train), y_train=y_train, x_test=x_test, y_test=y_test)
numpy.save(place("inputs.npy"), x_train)
numpy.save(place("classes.npy"), y_train)
numpy.save(place("few.npy"), y_train[:7])
numpy.savez(place("unseen.npz"), x=x_test[:5])
numpy.savez(place("strange.npz"), z=x_test[:5])
with open(place("clouds.npz"), "rb") as file:
    write("cut.npz", file.read()[:900])


def png(pixels):
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    height, width, channels = pixels.shape
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    head = struct.pack(">IIBBBBB", width, height, 8, {1: 0, 3: 2, 4: 6}[channels], 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


# Horizontal and vertical stripes, of any phase and brightness.
def stripes(stand, channels, size=8):
    wave = 1 + numpy.sin(numpy.arange(size) * 1.5 + random.uniform(0, 6))
    image = (wave[None, :] if stand else wave[:, None]) * random.uniform(60, 120) + numpy.zeros((size, size))
    return numpy.repeat(image[:, :, None], channels, axis=2).astype("u1")
for part, count in [("train", 40), ("test", 10)]:
    for kind in ["lie", "stand"]:
        for i in range(count):
            write("stripes/%s/%s/%02d.png" % (part, kind, i), png(stripes(kind == "stand", 1)))
for i in range(3):
    write("unseen/%d.png" % i, png(stripes(i == 1, 1)))
write("sizes/a/1.png", png(stripes(True, 1)))
write("sizes/a/2.png", png(stripes(True, 3, 12)))
write("sizes/b/1.png", png(stripes(True, 4, 9)))
write("odd/a/1.png", png(stripes(True, 1)))
write("odd/a/2.png", b"not an image")
write("beside/a/1.png", png(stripes(True, 1)))
write("beside/notes", "text")

write("alphabet.txt", "abcde" * 200)
write("unicode.txt", "aß€" * 100)
write("other.txt", "abcdez" * 20)
write("short.txt", "abc")
write("latin1.txt", b"caf\xe9\n" * 10)
