# convolutions.py --nnc NNC --dir DIR: compares convolutions, transposed convolutions, pools and embeddings of every kind with plain loops
# in NumPy: weights after three steps of full-batch gradient descent, to 1e-5 (1e-10 in f64). A dense layer before them makes the input's gradient matter.
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


def listed(value, axes):
    return list(value) if isinstance(value, (list, tuple)) else [value] * axes


def padding_of(shape, kernel, stride, padding, dilation):
    """The zeros before and after each axis."""
    axes = len(shape)
    if padding != "same":
        return [(p, p) for p in listed(padding, axes)]
    missing = [max(0, (-(-n // s) - 1) * s + d * (k - 1) + 1 - n) for n, k, s, d in zip(shape, kernel, stride, dilation)]
    return [(m // 2, m - m // 2) for m in missing]


def products(transposed, shape, channels, kernel, stride=1, padding=0, extra=0, dilation=1, groups=1):
    """The output's shape, and flat indices (output, input, weight) of every product that is summed; along any number of axes."""
    c, *sizes = shape
    axes = len(sizes)
    kernel, stride, dilation = (listed(value, axes) for value in (kernel, stride, dilation))
    around = padding_of(sizes, kernel, stride, padding, dilation)
    size = []
    for n, k, s, d, (low, high) in zip(sizes, kernel, stride, dilation, around):
        reach = d * (k - 1) + 1
        size.append(s * (n - 1) + reach - low - high + extra if transposed else (n + low + high - reach) // s + 1)
    found = []
    outer, inner = (sizes, size) if transposed else (size, sizes)
    for o, k in itertools.product(range(channels), range(c // groups)):
        source = o // (channels // groups) * (c // groups) + k
        for window in itertools.product(*map(range, kernel)):
            weight = np.ravel_multi_index((o, k, *window), (channels, c // groups, *kernel))
            for place in itertools.product(*map(range, outer)):
                other = [y * s + i * d - low for y, s, i, d, (low, _) in zip(place, stride, window, dilation, around)]
                if all(0 <= y < n for y, n in zip(other, inner)):
                    out, at = (other, place) if transposed else (place, other)
                    found.append((np.ravel_multi_index((o, *out), (channels, *size)), np.ravel_multi_index((source, *at), shape), weight))
    return (channels, *size), np.array(found).T


def check(name, found, expected, most=1e-5):
    global failed
    worst = max(np.abs(found[key] - value).max() / np.abs(value).max() for key, value in expected.items())
    print("%-95s %.1e" % (name, worst), flush=True)
    if found.keys() != expected.keys() or not worst <= most:
        failed = True
        print("^ differs from NumPy")


def rounded(*shape):
    return np.float64(np.float32(random.normal(size=shape)))


def run(name, fields, rows, model, *flags):
    return trials.run(options.nnc, os.path.join(options.dir, "".join(c if c.isalnum() else "_" for c in name)), """data d = rows(%s) {
%s
}
model net(%s
save net to "before.safetensors"
train net on d { loss = mse(net(x), y); optimizer = sgd(lr = %g); batch = all; steps = %d }
save net to "after.safetensors"
""" % (fields, "\n".join("  %s -> %s" % (x, list(map(float, y))) for x, y in rows), model, RATE, STEPS), *flags)


def convolution(kind, shape, precision="f32", **how):
    text = "%s(%s)" % (kind, ", ".join("%s = %s" % item for item in how.items()))
    inputs = int(np.prod(shape))
    out, (to, source, weight) = products(kind == "conv_transpose", shape, **how)
    outputs = int(np.prod(out))
    x, y = rounded(ROWS, 3), rounded(ROWS, outputs)
    saved = run("%s of %s" % (text, list(shape)), "x: [3], y: [%d]" % outputs, [(list(map(float, row)), goal) for row, goal in zip(x, y)],
                "x: [3]) -> [%d] { x |> dense(%d) |> reshape(%s) |> %s as it |> flatten }" % (outputs, inputs, list(shape), text),
                "--precision", precision)
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
    check("%s of %s" % (text, list(shape)), saved("after"), w, 1e-5 if precision == "f32" else 1e-10)


def pool(kind, shape, size, stride=None, padding=0, ceil=False, counts=False):
    """A pool after a dense layer, in f64: its windows are lists of places, None in the border."""
    _, *sizes = shape
    axes = len(sizes)
    size, padding = listed(size, axes), listed(padding, axes)
    stride = size if stride is None else listed(stride, axes)
    starts = []
    for n, k, s, p in zip(sizes, size, stride, padding):
        count = (n + 2 * p - k) // s + 1
        if ceil and (n + 2 * p - k) % s and count * s < n + p:
            count += 1
        starts.append([i * s - p for i in range(count)])
    windows = []
    for channel in range(shape[0]):
        for start in itertools.product(*starts):
            places = itertools.product(*(range(at, at + k) for at, k in zip(start, size)))
            held, total = [], 0
            for place in places:
                total += all(-p <= y < n + p for y, n, p in zip(place, sizes, padding))
                if all(0 <= y < n for y, n in zip(place, sizes)):
                    held.append(np.ravel_multi_index((channel, *place), shape))
            windows.append((held, total if counts else len(held)))
    inputs, outputs = int(np.prod(shape)), len(windows)
    how = ["%s" % size, "stride = %s" % stride, "padding = %s" % padding] + ["ceil = true"] * ceil + ["counts = true"] * counts
    text = "%s_pool(%s)" % (kind, ", ".join(how))
    x, y = rounded(ROWS, 3), rounded(ROWS, outputs)
    saved = run("%s of %s" % (text, list(shape)), "x: [3], y: [%d]" % outputs, [(list(map(float, row)), goal) for row, goal in zip(x, y)],
                "x: [3]) -> [%d] { x |> dense(%d) |> reshape(%s) |> %s |> flatten }" % (outputs, inputs, list(shape), text), "--precision", "f64")
    w = saved("before")
    for _ in range(STEPS):
        inner = x @ w["dense1.w"] + w["dense1.b"]
        slope = np.zeros((ROWS, outputs, inputs))
        for k, (held, count) in enumerate(windows):
            if kind == "avg":
                slope[:, k, held] = 1 / count
            else:
                best = np.array(held)[inner[:, held].argmax(1)]
                slope[np.arange(ROWS), k, best] = 1
        z = np.einsum("rki,ri->rk", slope, inner)
        dinner = np.einsum("rk,rki->ri", 2 * (z - y) / y.size, slope)
        w["dense1.w"] = w["dense1.w"] - RATE * x.T @ dinner
        w["dense1.b"] = w["dense1.b"] - RATE * dinner.sum(0)
    check("%s of %s" % (text, list(shape)), saved("after"), w, 1e-10)


for kind, extra in (("conv", {}), ("conv_transpose", {"extra": 1})):
    convolution(kind, (2, 5, 6), channels=3, kernel=3)
    convolution(kind, (3, 6, 5), channels=2, kernel=2, stride=2)
    convolution(kind, (2, 5, 5), channels=2, kernel=3, stride=2, padding=1, **extra)
    convolution(kind, (1, 7, 6), channels=2, kernel=3, dilation=2, padding=2)
    convolution(kind, (4, 4, 5), channels=6, kernel=3, groups=2, padding=1)
    convolution(kind, (3, 4, 4), channels=3, kernel=2, groups=3)
    convolution(kind, (4, 7, 7), channels=2, kernel=2, stride=3, padding=1, dilation=2, groups=2, **extra)
    convolution(kind, (2, 1, 3), channels=5, kernel=1)
    # Along one, two and three axes, with numbers of their own for each.
    convolution(kind, (2, 9), "f64", channels=3, kernel=3)
    convolution(kind, (4, 11), "f64", channels=4, kernel=4, stride=3, padding=2, groups=2, **extra)
    convolution(kind, (3, 8), "f64", channels=2, kernel=[2], stride=[2], dilation=[3])
    convolution(kind, (2, 5, 7), "f64", channels=3, kernel=[3, 2], stride=[1, 2], padding=[1, 0], dilation=[1, 3])
    convolution(kind, (2, 4, 3, 5), "f64", channels=3, kernel=2)
    convolution(kind, (2, 5, 4, 3), "f64", channels=2, kernel=3, stride=2, padding=1, **extra)
    convolution(kind, (4, 3, 5, 4), "f64", channels=4, kernel=[2, 3, 1], stride=[1, 2, 3], padding=[0, 1, 0], dilation=[2, 1, 1], groups=2)
for shape in (2, 7), (2, 8), (2, 5, 8), (1, 3, 4, 6):
    convolution("conv", shape, "f64", channels=2, kernel=3, padding="same")
    convolution("conv", shape, "f64", channels=2, kernel=2, padding="same", stride=2)
    convolution("conv", shape, "f64", channels=2, kernel=3, padding="same", stride=3, dilation=2)
    for kind in "max", "avg":
        pool(kind, shape, 2)
        pool(kind, shape, 3, stride=2, padding=1)
        pool(kind, shape, 2, ceil=True)
        pool(kind, shape, 3, stride=2, padding=1, ceil=True)
    pool("avg", shape, 3, stride=2, padding=1, counts=True)
    pool("avg", shape, 3, stride=3, padding=1, ceil=True, counts=True)
pool("max", (1, 5, 7), [3, 2], stride=[2, 1], padding=[1, 0])
pool("avg", (1, 4, 5, 7), [1, 3, 2], stride=[1, 2, 2], padding=[0, 1, 1], ceil=True)

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
