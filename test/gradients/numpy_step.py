# numpy_step.py --nnc NNC --dir DIR [--precision f32|f64]: one training step of the networks of digits.nn and mnist_lenet.nn, by nnc
# and by NumPy.
#
# nnc saves the weights before and after one step of plain gradient descent, so that their difference is the gradient. Here the same
# gradient is derived by hand, layer by layer, and computed in f64 from the saved initial weights. Only the two weight files come from nnc.
import argparse
import os
import struct
import subprocess
import sys

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools"))
from safetensors import load

parser = argparse.ArgumentParser(allow_abbrev=False)
parser.add_argument("--nnc", required=True)
parser.add_argument("--dir", required=True)
parser.add_argument("--precision", default="f32")
parser.add_argument("--network", choices=["reader", "lenet"], required=True)
options = parser.parse_args()
# A rate that is so large that the difference of the weights keeps the gradient's digits.
RATE = 1e4
ROWS = 48


class Network:
    """Layers that remember what their derivative needs. `gradients` has the name of the weight as its key."""

    def __init__(self, weights):
        self.weights, self.gradients = weights, {}

    def dense(self, name, x):
        w, b = self.weights[name + ".w"], self.weights[name + ".b"]

        def back(dy):
            self.gradients[name + ".w"], self.gradients[name + ".b"] = x.T @ dy, dy.sum(0)
            return dy @ w.T

        return x @ w + b, back

    def relu(self, x):
        return np.maximum(x, 0), lambda dy: dy * (x > 0)

    def batch_norm(self, name, x, eps=1e-5):
        gamma, beta = self.weights[name + ".gamma"], self.weights[name + ".beta"]
        deviation = np.sqrt(x.var(0) + eps)
        unit = (x - x.mean(0)) / deviation

        def back(dy):
            self.gradients[name + ".gamma"], self.gradients[name + ".beta"] = (dy * unit).sum(0), dy.sum(0)
            d = dy * gamma
            return (d - d.mean(0) - unit * (d * unit).mean(0)) / deviation

        return gamma * unit + beta, back

    def conv(self, name, x):
        w, b = self.weights[name + ".w"], self.weights[name + ".b"]
        size = w.shape[2]
        windows = np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(2, 3))  # n c h w r s

        def back(dy):
            self.gradients[name + ".w"] = np.einsum("nohw,nchwrs->ocrs", dy, windows, optimize=True)
            self.gradients[name + ".b"] = dy.sum((0, 2, 3))
            dx = np.zeros_like(x)
            height, width = dy.shape[2:]
            for r in range(size):
                for s in range(size):
                    dx[:, :, r:r + height, s:s + width] += np.einsum("nohw,oc->nchw", dy, w[:, :, r, s], optimize=True)
            return dx

        return np.einsum("ocrs,nchwrs->nohw", w, windows, optimize=True) + b[:, None, None], back

    def max_pool(self, x):
        n, c, h, w = x.shape
        blocks = x.reshape(n, c, h // 2, 2, w // 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(n, c, h // 2, w // 2, 4)
        best = blocks.argmax(-1)

        def back(dy):
            d = np.zeros_like(blocks)
            np.put_along_axis(d, best[..., None], dy[..., None], -1)
            return d.reshape(n, c, h // 2, w // 2, 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(x.shape)

        return blocks.max(-1), back


def cross_entropy(logits, labels):
    shifted = logits - logits.max(1, keepdims=True)
    log_sum = np.log(np.exp(shifted).sum(1))
    rows = np.arange(len(labels))
    loss = (log_sum - shifted[rows, labels]).mean()
    d = np.exp(shifted - log_sum[:, None])
    d[rows, labels] -= 1
    return loss, d / len(labels)


def gradients_of(network, layers, x, labels):
    backs = []
    for kind, *name in layers:
        if kind == "flatten":
            shape = x.shape
            backs.append(lambda dy, shape=shape: dy.reshape(shape))
            x = x.reshape(len(x), -1)
        else:
            x, back = getattr(network, kind)(*name, x)
            backs.append(back)
    loss, d = cross_entropy(x, labels)
    for back in reversed(backs):
        d = back(d)
    return loss


READER = """
data digits = csv("digits.csv", columns = [input1, input2, input3, input4, input5, input6, input7, input8, class]) {
  x = [input1 .. input8] / 16
  y = category(class)
}
model reader(x: [8]) -> [10] {
  x |> dense(128, weights = he) |> batch_norm |> relu |> dropout(0)
    |> dense(64, weights = he)  |> batch_norm |> relu
    |> dense(10)
}
"""
LENET = """
data digits = idx(images = "images.idx", labels = "labels.idx") {
  x = image / 255
  y = label
}
model lenet(x: [1, 28, 28]) -> [10] {
  x |> conv(8, kernel = 5)  as conv1 |> relu |> max_pool(2)
    |> conv(16, kernel = 5) as conv2 |> relu |> max_pool(2)
    |> flatten
    |> dense(128) |> relu |> dropout(0)
    |> dense(10) as head
}
"""
RUN = """
save %(model)s to "before.safetensors"
train %(model)s on digits {
  loss      = cross_entropy(%(model)s(x), y)
  optimizer = sgd(lr = %(rate)g)
  batch     = all
  epochs    = 1
}
save %(model)s to "after.safetensors"
"""

os.makedirs(options.dir, exist_ok=True)
rng = np.random.default_rng(1)
labels = np.concatenate([np.arange(10), rng.integers(0, 10, ROWS - 10)])
if options.network == "reader":
    raw = rng.integers(0, 17, (ROWS, 8))
    with open(os.path.join(options.dir, "digits.csv"), "w") as file:
        for row, label in zip(raw, labels):
            file.write(",".join(map(str, [*row, label])) + "\n")
    x, text = raw / 16, READER
    layers = [("dense", "dense1"), ("batch_norm", "batch_norm1"), ("relu",), ("dense", "dense2"),
              ("batch_norm", "batch_norm2"), ("relu",), ("dense", "dense3")]
else:
    raw = rng.integers(0, 256, (ROWS, 28, 28), dtype=np.uint8)
    for name, array in (("images.idx", raw), ("labels.idx", labels.astype(np.uint8))):
        with open(os.path.join(options.dir, name), "wb") as file:
            file.write(struct.pack(">BBBB", 0, 0, 8, array.ndim))
            file.write(struct.pack(">%dI" % array.ndim, *array.shape) + array.tobytes())
    x, text = raw[:, None] / 255, LENET
    layers = [("conv", "conv1"), ("relu",), ("max_pool",), ("conv", "conv2"), ("relu",), ("max_pool",), ("flatten",),
              ("dense", "dense1"), ("relu",), ("dense", "head")]

program = os.path.join(options.dir, options.network + ".nn")
with open(program, "w") as file:
    file.write(text + RUN % {"model": options.network, "rate": RATE})
done = subprocess.run([options.nnc, "run", "--precision", options.precision, os.path.abspath(program)], cwd=options.dir,
                      stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
print(done.stdout.decode())
if done.returncode != 0:
    sys.exit("nnc: exit code %d" % done.returncode)

before = load(os.path.join(options.dir, "before.safetensors"))
after = load(os.path.join(options.dir, "after.safetensors"))
network = Network(before)
loss = gradients_of(network, layers, x, labels)
print("%s, %s: loss %.9f" % (options.network, options.precision, loss))
limit = {"f32": 1e-5, "f64": 1e-11}[options.precision]
worst, compared = 0.0, 0
for name in sorted(before):
    if name not in network.gradients:
        continue
    found = (before[name] - after[name]) / RATE
    expected = network.gradients[name]
    # Relative to the largest of the tensor: sums that cancel have no correct digits.
    error = np.abs(found - expected).max() / max(np.abs(expected).max(), 1e-12)
    if np.abs(expected).max() < 1e-12:  # a bias before batch normalisation: its gradient is only rounding
        error = np.abs(found).max()
    print("%-20s %-18s largest %.3e  relative error %.1e" % (name, list(expected.shape), np.abs(expected).max(), error))
    worst, compared = max(worst, error), compared + 1
print("worst relative error %.1e, allowed %.0e" % (worst, limit))
sys.exit(0 if worst <= limit and compared == len(network.gradients) else 1)
