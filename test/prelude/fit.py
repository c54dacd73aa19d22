# fit.py --nnc NNC --dir DIR: compares initializers that use the first batch with NumPy. Each program saves its weights as drawn and after
# one step of rate 0; here the drawn weights are fitted by hand, and must agree to 1e-5 of a tensor's largest element.
import os
import sys

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools"))
import shuffle
import trials

options = trials.flags().parse_args()
X = np.random.default_rng(1).normal(size=(40, 18)) * np.linspace(0.3, 3, 18) + 0.5
X = np.float64(np.float32(X))
failed = False


def relu(z):
    return np.maximum(z, 0)


def conv(x, w):
    """x: [n, c, h, w], w: [o, c, k, k]; every window."""
    views = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(2, 3))
    return np.einsum("nchwij,ocij->nohw", views, w)


def lsuv(apply, w, name):
    """Scales the weights `name` until they change by no more than the runtime's threshold; `apply` returns the layer's output."""
    for _ in range(10):
        before = w[name]
        w[name] = before / apply().std()
        if np.linalg.norm(w[name] - before) / (1 + np.linalg.norm(w[name])) <= 1e-4:
            break


def run(name, text, rows=X):
    text = "data d = rows(x: [18], y: [1]) {\n" + "\n".join("  %s -> [0]" % list(map(float, x)) for x in rows) + "\n}\n" + text
    return trials.run(options.nnc, os.path.join(options.dir, name), text)


FREE = "{ loss = mse(net(x), y); optimizer = sgd(lr = 0); batch = %s; steps = 1 }\n"
TRAIN = "train net on d " + FREE % "all"


def saved(file):
    return 'save net to "%s.safetensors"\n' % file


def check(name, found, expected):
    global failed
    worst = max(np.abs(found[key] - value).max() / (np.abs(value).max() or 1) for key, value in expected.items())
    print("%-50s %.1e" % (name, worst), flush=True)
    if found.keys() != expected.keys() or worst > 1e-5:
        failed = True
        print("^ differs from NumPy")


def unit(name, z):
    """A fitted layer's output has variance 1."""
    global failed
    if abs(z.var() - 1) > 1e-3:
        failed = True
        print("%s: the variance of an output is %g" % (name, z.var()))


def variance_one(count, w, x, start=1):
    """LSUV of `count` dense layers with relu between: each is fitted to the output of the layers before it."""
    for i in range(start, count + 1):
        weights, bias = "dense%d.w" % i, "dense%d.b" % i
        lsuv(lambda: x @ w[weights] + w[bias], w, weights)
        z = x @ w[weights] + w[bias]
        unit("dense%d" % i, z)
        x = relu(z)
    return w


DEEP = "model net(x: [18]) -> [1] { x |> repeat(3, seq(dense(24, weights = %s), relu)) |> dense(1, weights = %s) }\n"
for init in ("lsuv", "lsuv(start = he)"):
    files = run("deep_" + init[-3:-1], DEEP % (init, init) + saved("drawn") + TRAIN + saved("fitted"))
    drawn, fitted = files("drawn"), files("fitted")
    check("four layers of " + init, fitted, variance_one(4, drawn, X))

# The first batch of a run is the first of its shuffled order, whose size is the batch's.
for batch in (16, 64):
    files = run("batch%d" % batch, DEEP % ("lsuv", "lsuv") + saved("drawn") + "train net on d " + FREE % batch + saved("fitted"))
    first = X if batch >= len(X) else X[shuffle.order(len(X), 0)[:batch]]
    check("the first batch of %d" % batch, files("fitted"), variance_one(4, files("drawn"), first))

# Biases that are not zero add to the variance: one correction is not enough.
files = run("biased", "model net(x: [18]) -> [5] { x |> dense(5, weights = lsuv, bias = normal(0.5)) }\n" + saved("drawn")
            + TRAIN.replace("mse(net(x), y)", "mean(net(x)^2)") + saved("fitted"))
check("lsuv beside biases", files("fitted"), variance_one(1, files("drawn"), X))

# A program's own initializer that calls one with a `fit`, and one whose own `fit` hides that of the initializer that it starts from.
files = run("own", """init mine = lsuv(start = xavier)
init twice = lsuv fit 2 * theta / sqrt(var(output, over = [batch, ...]))
model net(x: [18]) -> [1] { x |> dense(6, weights = mine) |> relu |> dense(1, weights = twice) }
""" + saved("drawn") + TRAIN + saved("fitted"))
w = variance_one(1, files("drawn"), X)
inner = relu(X @ w["dense1.w"] + w["dense1.b"])
w["dense2.w"] = 2 * w["dense2.w"] / (inner @ w["dense2.w"]).std()
check("initializers of the program's own", files("fitted"), w)

# Images, and a bias that is fitted together with its weights.
files = run("images", """model net(x: [18]) -> [1] {
  x |> reshape([2, 3, 3]) |> conv(6, kernel = 2, weights = data_dependent, bias = data_dependent) |> relu
    |> conv(4, kernel = 2, weights = lsuv) |> relu |> flatten |> dense(1, weights = data_dependent(start = he), bias = data_dependent)
}
""" + saved("drawn") + TRAIN + saved("fitted"))
w = files("drawn")
z = conv(X.reshape(-1, 2, 3, 3), w["conv1.w"])
deviation, mean = z.std(axis=(0, 2, 3)), z.mean(axis=(0, 2, 3))
w["conv1.w"], w["conv1.b"] = w["conv1.w"] / deviation[:, None, None, None], -mean / deviation
inner = relu((z - mean[:, None, None]) / deviation[:, None, None])
lsuv(lambda: conv(inner, w["conv2.w"]), w, "conv2.w")
z = conv(inner, w["conv2.w"])
unit("conv2", z)
inner = relu(z).reshape(len(X), -1)
z = inner @ w["dense1.w"]
w["dense1.w"], w["dense1.b"] = w["dense1.w"] / z.std(0), -z.mean(0) / z.std(0)
check("images, each channel by itself", files("fitted"), w)

# A layer with its own weights around another layer, and a layer that is used twice: it is fitted at its first use.
files = run("nested", """layer wide(units)(x: [n]) -> [units] {
  param w: [n, units] ~ lsuv
  relu(dense(units, weights = lsuv)(x)) + x @ w
}
model net(x: [18]) -> [4] {
  let shared = dense(4, weights = lsuv)
  (x |> wide(4) |> shared) + shared(x[0 .. 3])
}
""" + saved("drawn") + TRAIN.replace("mse(net(x), y)", "mean(net(x)^2)") + saved("fitted"))
w = files("drawn")
lsuv(lambda: X @ w["wide1.dense1.w"], w, "wide1.dense1.w")
lsuv(lambda: relu(X @ w["wide1.dense1.w"]) + X @ w["wide1.w"], w, "wide1.w")
inner = relu(X @ w["wide1.dense1.w"]) + X @ w["wide1.w"]
lsuv(lambda: inner @ w["shared.w"], w, "shared.w")
check("a layer around a layer, and one used twice", files("fitted"), w)

# Only freshly drawn parameters are fitted, not those that were loaded, frozen or trained before; an excepted part is fitted after the
# loaded ones.
deep = DEEP % ("lsuv", "lsuv")
files = run("again", deep + saved("drawn") + TRAIN + saved("first") + "data far = rows(x: [18], y: [1]) { %s -> [0]; %s -> [1] }\n"
            % (list(range(18)), list(range(18, 0, -1))) + TRAIN.replace(" on d", " on far") + saved("second")
            + 'load net from "drawn.safetensors"\n' + TRAIN + saved("third"))
check("a second train statement", files("second"), files("first"))
check("loaded weights", files("third"), files("drawn"))
files = run("except", deep + saved("drawn") + 'load net from "drawn.safetensors" except net.dense3, net.dense4\n' + TRAIN + saved("fitted"))
w = files("drawn")
inner = relu(relu(X @ w["dense1.w"]) @ w["dense2.w"])
variance = variance_one(4, dict(w), inner, start=3)
check("what `load … except` left", files("fitted"), variance)
files = run("frozen", deep + saved("drawn") + "freeze net.dense1\n" + TRAIN + saved("fitted"))
w = files("drawn")
check("beside a frozen layer", files("fitted"), variance_one(4, dict(w), relu(X @ w["dense1.w"]), start=2))
sys.exit(failed)
