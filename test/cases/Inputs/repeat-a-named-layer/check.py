# Checks which layers the models of repeat.nn have saved.
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "tools"))
from safetensors import load

layers = {
    "net": "f1 f2 f3",
    "used": "f f1 f2",
    "inner": "residual1.f1 residual2.f1",
    "named": "r1.f1 r2.f1",
    "nested": "f1 f2 f3 f4",
    "pair": "f1 f2",
    "shared": "f",
    "passed": "twice1.dense1",
    "passed2": "t1.dense1 t2.dense1",
    "taken": "f2 f3 f1",
    "plain": "dense1 dense2 dense3",
}
for name, places in layers.items():
    expected = sorted(place + end for place in places.split() for end in (".w", ".b"))
    found = load(name + ".safetensors")
    if sorted(found) != expected:
        sys.exit("%s: %s, not %s" % (name, " ".join(sorted(found)), " ".join(expected)))
    weights = [tensor for key, tensor in found.items() if key.endswith(".w")]
    if any((a == b).all() for i, a in enumerate(weights) for b in weights[:i]):
        sys.exit(name + ": two layers start alike")
