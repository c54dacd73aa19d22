# Writes weight files with tensors of kinds that nnc does not read: wanted.safetensors needs one of them, others.safetensors has them in
# addition to what is needed.
import json
import struct


def write(name, entries):
    header, data = {}, b""
    for key, (dtype, shape, content) in entries.items():
        header[key] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    text = json.dumps(header).encode()
    with open(name, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + data)


w = ("F32", [2, 2], struct.pack("<4f", 1, 2, 3, 4))
write("others.safetensors", {"a.w": w, "a.b": ("BF16", [2], b"\x80\x3f\x00\x40"), "scale": ("F8_E4M3", [3], b"abc"), "c": ("C64", [1], b"12345678"),
                             "small": ("F4", [3], b"ab"), "steps": ("I64", [1], bytes(8))})
write("wanted.safetensors", {"a.w": w, "a.b": ("F8_E5M2", [2], b"ab")})
