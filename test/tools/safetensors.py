# safetensors.py: load(path) gives the tensors of a .safetensors file as NumPy arrays of f64, by name.
import json
import struct

import numpy as np


def load(path):
    """A .safetensors file: eight bytes of length, JSON, data."""
    with open(path, "rb") as file:
        data = file.read()
    (length,) = struct.unpack("<Q", data[:8])
    tensors = {}
    for name, entry in json.loads(data[8:8 + length]).items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            kind = {"F32": np.float32, "F64": np.float64}[entry["dtype"]]
            tensors[name] = np.frombuffer(data[8 + length + begin:8 + length + end], kind).astype(
                np.float64).reshape(entry["shape"])
    return tensors
