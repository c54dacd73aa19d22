# convolutions.py --nnc NNC --dir DIR: compares convolutions, transposed convolutions and embeddings of every kind with plain loops in
# NumPy: weights after three steps of full-batch gradient descent, to 1e-5. A dense layer before them makes the input's gradient matter.
import itertools
import os
import sys

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools"))
import trials

options = trials.flags().parse_args()
STEPS, RATE, ROWS = 3, 0.1, 4
random = np.random.default_rng(2)
failed = False


def products(transposed, shape, channels, kernel, stride=1, padding=0, extra=0, dilation=1, groups=1):
    """The output's shape, and flat indices (output, input, weight) of every product that is summed."""
    c, h, w = shape
    reach = dilation * (kernel - 1) + 1
    size = [stride * (n - 1) + reach - 2 * padding + extra if transposed else (n + 2 * padding - reach) // stride + 1 for n in (h, w)]
    found = []
    for o, i, j, k in itertools.product(range(channels), range(kernel), range(kernel), range(c // groups)):
        source = o // (channels // groups) * (c // groups) + k
        weight = ((o * (c // groups) + k) * kernel + i) * kernel + j
        for y, x in itertools.product(*map(range, (h, w) if transposed else size)):
            y2, x2 = y * stride + i * dilation - padding, x * stride + j * dilation - padding
            inside = size if transposed else (h, w)
            if 0 <= y2 < inside[0] and 0 <= x2 < inside[1]:
                out, at = ((y2, x2), (y, x)) if transposed else ((y, x), (y2, x2))
                found.append(((o * size[0] + out[0]) * size[1] + out[1], (source * h + at[0]) * w + at[1], weight))
    return (channels, *size), np.array(found).T


def check(name, found, expected):
    global failed
    worst = max(np.abs(found[key] - value).max() / np.abs(value).max() for key, value in expected.items())
    print("%-95s %.1e" % (name, worst), flush=True)
    if found.keys() != expected.keys() or worst > 1e-5:
        failed = True
        print("^ differs from NumPy")


def rounded(*shape):
    return np.float64(np.float32(random.normal(size=shape)))


def run(name, fields, rows, model):
    return trials.run(options.nnc, os.path.join(options.dir, "".join(c if c.isalnum() else "_" for c in name)), """data d = rows(%s) {
%s
}
model net(%s
save net to "before.safetensors"
train net on d { loss = mse(net(x), y); optimizer = sgd(lr = %g); batch = all; steps = %d }
save net to "after.safetensors"
""" % (fields, "\n".join("  %s -> %s" % (x, list(map(float, y))) for x, y in rows), model, RATE, STEPS))


def convolution(kind, shape, **how):
    text = "%s(%s)" % (kind, ", ".join("%s = %d" % item for item in how.items()))
    inputs = int(np.prod(shape))
    out, (to, source, weight) = products(kind == "conv_transpose", shape, **how)
    outputs = int(np.prod(out))
    x, y = rounded(ROWS, 3), rounded(ROWS, outputs)
    saved = run("%s of %s" % (text, list(shape)), "x: [3], y: [%d]" % outputs, [(list(map(float, row)), goal) for row, goal in zip(x, y)],
                "x: [3]) -> [%d] { x |> dense(%d) |> reshape(%s) |> %s as it |> flatten }" % (outputs, inputs, list(shape), text))
    w = saved("before")
    for _ in range(STEPS):
        inner = x @ w["dense1.w"] + w["dense1.b"]
        flat = w["it.w"].reshape(-1)
        z = np.zeros((ROWS, outputs))
        np.add.at(z, (slice(None), to), inner[:, source] * flat[weight])
        z += np.repeat(w["it.b"], outputs // out[0])
        dz = 2 * (z - y) / y.size
        dw, dinner = np.zeros(flat.shape), np.zeros(inner.shape)
        np.add.at(dw, weight, (dz[:, to] * inner[:, source]).sum(0))
        np.add.at(dinner, (slice(None), source), dz[:, to] * flat[weight])
        gradients = {"it.w": dw.reshape(w["it.w"].shape), "it.b": dz.reshape(ROWS, out[0], -1).sum((0, 2)),
                     "dense1.w": x.T @ dinner, "dense1.b": dinner.sum(0)}
        for name, gradient in gradients.items():
            w[name] = w[name] - RATE * gradient
    check("%s of %s" % (text, list(shape)), saved("after"), w)


for kind, extra in (("conv", {}), ("conv_transpose", {"extra": 1})):
    convolution(kind, (2, 5, 6), channels=3, kernel=3)
    convolution(kind, (3, 6, 5), channels=2, kernel=2, stride=2)
    convolution(kind, (2, 5, 5), channels=2, kernel=3, stride=2, padding=1, **extra)
    convolution(kind, (1, 7, 6), channels=2, kernel=3, dilation=2, padding=2)
    convolution(kind, (4, 4, 5), channels=6, kernel=3, groups=2, padding=1)
    convolution(kind, (3, 4, 4), channels=3, kernel=2, groups=3)
    convolution(kind, (4, 7, 7), channels=2, kernel=2, stride=3, padding=1, dilation=2, groups=2, **extra)
    convolution(kind, (2, 1, 3), channels=5, kernel=1)

# A table's rows: gradients of classes that occur twice add up, other rows do not change.
classes, y = [3, 0, 3, 1], rounded(ROWS, 2)
saved = run("embedding", "x: [], y: [2]", [(c, goal) for c, goal in zip(classes, y)], "x: []) -> [2] { x |> embedding(2, 5) as table }")
w = saved("before")
for _ in range(STEPS):
    gradient = np.zeros((5, 2))
    np.add.at(gradient, classes, 2 * (w["table.w"][classes] - y) / y.size)
    w["table.w"] = w["table.w"] - RATE * gradient
check("embedding(2, 5)", saved("after"), w)
sys.exit(failed)
