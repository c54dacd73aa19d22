# Writes the synthetic data in this folder: coffee.csv, stripes-images.idx.gz and stripes-labels.idx.gz. Each run writes the same bytes.
import gzip
import os
import random
import struct

folder = os.path.dirname(os.path.abspath(__file__))
rng = random.Random(8)


def verdict(temperature, minutes):
    """Hot and long is bitter, cool and short is weak; between the two is a band of good cups."""
    strength = (temperature - 92) / 4 + (minutes - 4) / 1.2
    return "bitter" if strength > 0.9 else "weak" if strength < -0.9 else "good"


with open(os.path.join(folder, "coffee.csv"), "w") as file:
    file.write("temperature,minutes,verdict\n")
    for _ in range(360):
        temperature, minutes = round(rng.uniform(84, 99), 1), round(rng.uniform(1.5, 7), 1)
        file.write("%s,%s,%s\n" % (temperature, minutes, verdict(temperature, minutes)))

# 8x8 images with stripes along one of four directions, with noise: 0 across, 1 down, 2 and 3 along the diagonals.
SIZE, COUNT = 8, 1000
DIRECTIONS = [(0, 1), (1, 0), (1, 1), (1, -1)]
images, labels = bytearray(), bytearray()
for _ in range(COUNT):
    label = rng.randrange(4)
    dx, dy = DIRECTIONS[label]
    phase, width = rng.randrange(4), 2
    for y in range(SIZE):
        for x in range(SIZE):
            bright = (x * dx + y * dy + phase) // width % 2
            images.append(max(0, min(255, int(60 + 120 * bright + rng.gauss(0, 45)))))
    labels.append(label)


def write(name, shape, data):
    header = struct.pack(">BBBB", 0, 0, 8, len(shape)) + b"".join(struct.pack(">I", n) for n in shape)
    with open(os.path.join(folder, name), "wb") as file:
        file.write(gzip.compress(header + bytes(data), mtime=0))


write("stripes-images.idx.gz", [COUNT, SIZE, SIZE], images)
write("stripes-labels.idx.gz", [COUNT], labels)
