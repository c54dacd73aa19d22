# Checks what the models of numbers.nn have saved: the layers of each, every one with its own weights.
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "tools"))
from safetensors import load

layers = {
    "one": "dense2 dense3 last",
    "two": "dense2 dense1 dense3",
    "later": "dense2 dense3 dense1 dense5",
    "inside": "block1.dense1 block1.dense2 block2.dense1 block2.dense2 block4.dense1 block4.dense2 block3.dense1 block3.dense2",
    "parts": "dense1 dense3 dense2 residual1.dense1",
    "plain": "a dense2 conv21.dense1 dense3",
    "made": "dense1 dense2 dense4 dense3.dense1",
    "tried": "dense2 dense3",
}
for name, places in layers.items():
    expected = sorted(place + end for place in places.split() for end in (".w", ".b"))
    found = sorted(load(name + ".safetensors"))
    if found != expected:
        sys.exit("%s: %s, not %s" % (name, " ".join(found), " ".join(expected)))
found = load("gains.safetensors")
if sorted(found) != ["dense1", "dense2.b", "dense2.w"]:
    sys.exit("gains: " + " ".join(found))
found = load("kinds.safetensors")
if len(found) != 1 + 2 * 11:
    sys.exit("kinds: " + " ".join(found))
for name in layers:
    tensors = [tensor for key, tensor in load(name + ".safetensors").items() if key.endswith(".w") and tensor.shape == (4, 4)]
    if any((a == b).all() for i, a in enumerate(tensors) for b in tensors[:i]):
        sys.exit(name + ": two layers start alike")
