# tfevents.py FOLDER: reads TensorBoard's event files as an independent reader would: frames with masked CRC-32C, then protocol buffers.
# Prints each tag with its kind, how many steps it has, its first and its last value; fails on any damage.
import os
import struct
import sys

TABLE = []
for byte in range(256):
    for _ in range(8):
        byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
    TABLE.append(byte)


def masked(data):
    crc = 0xFFFFFFFF
    for c in data:
        crc = crc >> 8 ^ TABLE[(crc ^ c) & 0xFF]
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def fields(data):
    """(number, wire type, value) of a message."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            value |= (data[at] & 0x7F) << shift
            shift += 7
            at += 1
            if not data[at - 1] & 0x80:
                return value
    while at < len(data):
        key = varint()
        wire = key & 7
        if wire == 0:
            yield key >> 3, wire, varint()
            continue
        size = {1: 8, 5: 4}[wire] if wire != 2 else varint()
        assert at + size <= len(data), "a field is cut off"
        yield key >> 3, wire, data[at:at + size]
        at += size


def doubles(data):
    return struct.unpack("<%dd" % (len(data) // 8), data)


tags, files = {}, 0
for folder, _, names in sorted(os.walk(sys.argv[1])):
    for name in sorted(names):
        assert name.startswith("events.out.tfevents."), name
        files += 1
        with open(os.path.join(folder, name), "rb") as file:
            data = file.read()
        at, first = 0, True
        while at < len(data):
            length, check = struct.unpack_from("<QI", data, at)
            assert masked(data[at:at + 8]) == check, "the length's checksum"
            body = data[at + 12:at + 12 + length]
            assert masked(body) == struct.unpack_from("<I", data, at + 12 + length)[0], "the data's checksum"
            at += 16 + length
            event = {number: value for number, _, value in fields(body)}
            assert struct.unpack("<d", event[1])[0] > 1e9, "a time"
            if first:
                assert event[3] == b"brain.Event:2", event
                first = False
                continue
            for number, _, value in fields(event[5]):
                assert number == 1
                parts = {k: v for k, _, v in fields(value)}
                tag = parts[1].decode()
                if 2 in parts:
                    entry = ("scalar", struct.unpack("<f", parts[2])[0])
                else:
                    histogram = {k: v for k, _, v in fields(parts[5])}
                    limits, counts = doubles(histogram[6]), doubles(histogram[7])
                    low, high, total = (doubles(histogram[k])[0] for k in (1, 2, 3))
                    assert len(limits) == len(counts) and list(limits) == sorted(limits), tag
                    assert sum(counts) == total and abs(limits[-1] - high) < 1e-6 and low <= high, tag
                    entry = ("histogram", total)
                place = os.path.relpath(folder, sys.argv[1])
                tag = tag if place == "." else place + ": " + tag
                tags.setdefault(tag, []).append((event.get(2, 0),) + entry)
print("%d files" % files)
for tag, values in sorted(tags.items()):
    assert [v[0] for v in values] == sorted(v[0] for v in values), "steps of %s go back" % tag
    print("%s %s: %d steps to %d, %.4g to %.4g" % (values[0][1], tag, len(values), values[-1][0], values[0][2], values[-1][2]))
