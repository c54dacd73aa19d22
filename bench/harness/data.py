"""Data for the benchmark: IDX files, made by a fixed generator, or taken from a folder of MNIST.

Steps should cost what they cost on real data, however long they go on. Were the rows memorised, gradients would fade into
denormal numbers; so every image is there twice, and its two labels are drawn apart: no network can satisfy both. Each class has a
smooth picture of its own, seen through noise, so there is something to learn too."""
import gzip
import os
import struct

import numpy as np

CLASSES = 10
ROWS = {"digits": (8192, (28, 28)), "pictures": (2048, (3, 32, 32)), "rows512": (8192, (16, 32))}
TRUE_LABELS = 0.7  # of the labels; the others are any class
MNIST = {"images": "train-images-idx3-ubyte", "labels": "train-labels-idx1-ubyte"}


def write_idx(path, array):
    """Whole or not at all: a run that is interrupted leaves no half-written file for the next."""
    array = np.ascontiguousarray(array, dtype=np.uint8)
    with open(path + ".part", "wb") as file:
        file.write(struct.pack(">HBB", 0, 8, array.ndim) + struct.pack(">%dI" % array.ndim, *array.shape))
        file.write(array.tobytes())
    os.replace(path + ".part", path)


def read_idx(path):
    with open(path, "rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    with (gzip.open if packed else open)(path, "rb") as file:
        zero, kind, rank = struct.unpack(">HBB", file.read(4))
        if zero or kind != 8:
            raise ValueError("%s is not an IDX file of bytes" % path)
        shape = struct.unpack(">%dI" % rank, file.read(4 * rank))
        return np.frombuffer(file.read(), dtype=np.uint8).reshape(shape)


def smooth(random, shape):
    """Noise whose neighbours resemble one another: a coarse grid, blown up."""
    coarse = random.standard_normal((*shape[:-2], shape[-2] // 4, shape[-1] // 4))
    return coarse.repeat(4, axis=-2).repeat(4, axis=-1)


def generate(folder):
    for number, (name, (rows, shape)) in enumerate(sorted(ROWS.items())):
        images, labels = (os.path.join(folder, "%s-%s.idx" % (name, part)) for part in ("images", "labels"))
        if os.path.exists(images) and os.path.exists(labels):
            continue
        random = np.random.default_rng([1, number])
        pictures = np.stack([smooth(random, shape) for _ in range(CLASSES)])
        truth = random.integers(0, CLASSES, rows // 2)
        values = 110 + 30 * pictures[truth] + 60 * random.standard_normal((rows // 2, *shape))
        twice = np.clip(np.concatenate([values, values]), 0, 255)
        truth = np.concatenate([truth, truth])
        other = random.integers(0, CLASSES, rows)
        write_idx(labels, np.where(random.random(rows) < TRUE_LABELS, truth, other))
        write_idx(images, twice)


def link_mnist(folder, source):
    """Puts MNIST's training files (packed or not) where the programs look for the digits."""
    for part, name in MNIST.items():
        found = [path for path in (os.path.join(source, name + end) for end in (".gz", "")) if os.path.exists(path)]
        if not found:
            raise FileNotFoundError("there is no %s(.gz) in %s" % (name, source))
        link = os.path.join(folder, "digits-%s.idx" % part)
        if os.path.lexists(link):
            os.remove(link)
        os.symlink(os.path.abspath(found[0]), link)


def tensors(model, folder):
    """What the peers train on: rows as f32 in the shape of an example, and labels (or targets)."""
    if model.data == "xor":
        return np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32), np.array([[0], [1], [1], [0]], np.float32)
    images, labels = (read_idx(os.path.join(folder, "%s-%s.idx" % (model.data, part))) for part in ("images", "labels"))
    return images.astype(np.float32).reshape(len(images), *model.shape) / np.float32(255), labels.astype(np.int64)
