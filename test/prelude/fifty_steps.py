# fifty_steps.py --nnc NNC --dir DIR KIND: the first 50 steps on a fixed small problem, by nnc and by NumPy, for each optimizer, schedule,
# activation, loss, penalty, constraint or normalisation of the prelude, and for each mode of gradient descent. Weights must agree to 1e-5,
# relative to the largest weight of a tensor. The test fails if the prelude declares something that no table here names.
#
# The program is full-batch gradient descent on eight rows; nnc saves its weights before and after. Here the same steps are taken in f64
# with hand-written formulas and derivatives. Only the two weight files come from nnc.
import math
import os
import sys

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools"))
import shuffle
import trials

STEPS = 50
X = np.array([[0.5, -1.0, 0.3], [1.5, 0.2, -0.7], [-0.3, 0.8, 1.1], [-1.2, -0.4, 0.6],
              [0.9, 0.1, -1.3], [-0.6, 1.4, 0.2], [0.1, -0.9, -0.5], [1.1, 0.7, 0.4]])
NUMBERS = np.array([[0.4], [1.2], [-0.8], [-1.5], [0.7], [0.3], [-0.2], [1.9]])
SIGNS = np.sign(NUMBERS)
BITS = (NUMBERS > 0) * 1.0
CLASSES = np.array([0, 2, 1, 1, 0, 2, 1, 0])


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def softmax(z):
    e = np.exp(z - z.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


# Optimizers: one step, given the parameter, its gradient, the number of the step from 1, and its own dictionary. ------------------
def sgd(lr=0.01):
    return lambda theta, g, t, s: theta - lr * g


def momentum(lr=0.01, rho=0.9):
    def step(theta, g, t, s):
        s["v"] = rho * s.get("v", 0) + g
        return theta - lr * s["v"]
    return step


def nesterov(lr=0.01, rho=0.9):
    def step(theta, g, t, s):
        s["v"] = rho * s.get("v", 0) + g
        return theta - lr * (g + rho * s["v"])
    return step


def adagrad(lr=0.01, eps=1e-7):
    def step(theta, g, t, s):
        s["g"] = s.get("g", 0) + g * g
        return theta - lr * g / (np.sqrt(s["g"]) + eps)
    return step


def adadelta(lr=1.0, rho=0.95, eps=1e-6):
    def step(theta, g, t, s):
        s["g"] = rho * s.get("g", 0) + (1 - rho) * g * g
        move = np.sqrt(s.get("d", 0) + eps) / np.sqrt(s["g"] + eps) * g
        s["d"] = rho * s.get("d", 0) + (1 - rho) * move * move
        return theta - lr * move
    return step


def rmsprop(lr=1e-3, decay=0.9, eps=1e-7):
    def step(theta, g, t, s):
        s["g"] = decay * s.get("g", 0) + (1 - decay) * g * g
        return theta - lr * g / (np.sqrt(s["g"]) + eps)
    return step


def adamw(lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, decay=0.01):
    def step(theta, g, t, s):
        s["m"] = beta1 * s.get("m", 0) + (1 - beta1) * g
        s["v"] = beta2 * s.get("v", 0) + (1 - beta2) * g * g
        scaled = s["m"] / (1 - beta1 ** t) / (np.sqrt(s["v"] / (1 - beta2 ** t)) + eps)
        return theta - lr * (scaled + decay * theta)
    return step


def lion(lr=1e-4, beta1=0.9, beta2=0.99, decay=0.0):
    def step(theta, g, t, s):
        direction = np.sign(beta1 * s.get("m", 0) + (1 - beta1) * g)
        s["m"] = beta2 * s.get("m", 0) + (1 - beta2) * g
        return theta - lr * (direction + decay * theta)
    return step


OPTIMIZERS = {
    "sgd(lr = 0.1)": sgd(0.1),
    "momentum(lr = 0.05)": momentum(0.05),
    "nesterov(lr = 0.05)": nesterov(0.05),
    "adagrad(lr = 0.1)": adagrad(0.1),
    "adadelta()": adadelta(),
    "rmsprop(lr = 0.01)": rmsprop(0.01),
    "adam(lr = 0.01)": adamw(0.01, decay=0.0),
    "adamw(lr = 0.01, decay = 0.1)": adamw(0.01, decay=0.1),
    "lion(lr = 0.01, decay = 0.1)": lion(0.01, decay=0.1),
}


# Schedules: the rate at step 0, 1, …; an epoch is one step here. ------------------------------------------------------------------------
def half_cosine(start, end, part):
    return end + (start - end) * (1 + math.cos(math.pi * min(1, part))) / 2


def one_cycle(peak, rise, over):
    def rate(step):
        if step < rise:
            return half_cosine(peak / 25, peak, step / rise)
        return half_cosine(peak, peak / 1e4, (step - rise) / (over - rise))
    return rate


SCHEDULES = {
    "cosine(from = 0.2, to = 0.01)": lambda i: half_cosine(0.2, 0.01, i / STEPS),
    "cosine(from = 0.2, to = 0.01, over = 20 steps)": lambda i: half_cosine(0.2, 0.01, i / 20),
    "linear(from = 0.2, to = 0.01)": lambda i: 0.2 + (0.01 - 0.2) * min(1, i / STEPS),
    "warmup(10 steps, 0.1)": lambda i: 0.1 * min(1, (i + 1) / 10),
    "warmup(10 steps, cosine(from = 0.2, to = 0))": lambda i: half_cosine(0.2, 0, i / STEPS) * min(1, (i + 1) / 10),
    "step_decay(from = 0.2, by = 0.5, every = 15 steps)": lambda i: 0.2 * 0.5 ** (i // 15),
    "exponential(from = 0.2, k = 0.05)": lambda i: 0.2 * math.exp(-0.05 * i),
    "inverse_time(from = 0.2, k = 0.1)": lambda i: 0.2 / (1 + 0.1 * i),
    "restarts(from = 0.2, to = 0.01, every = 12 steps)": lambda i: half_cosine(0.2, 0.01, i % 12 / 12),
    "one_cycle(peak = 0.2)": one_cycle(0.2, 0.3 * STEPS, STEPS),
    "one_cycle(peak = 0.2, rise = 10 steps, over = 40 steps)": one_cycle(0.2, 10, 40),
}

# Activations: value and derivative. -----------------------------------------------------------------------------------------------------
ERF = np.vectorize(math.erf)
ACTIVATIONS = {
    "sigmoid": (sigmoid, lambda z: sigmoid(z) * (1 - sigmoid(z))),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "relu": (lambda z: np.maximum(z, 0), lambda z: (z > 0) * 1.0),
    "leaky_relu": (lambda z: np.maximum(0.01 * z, z), lambda z: np.where(z > 0, 1, 0.01)),
    "elu": (lambda z: np.where(z > 0, z, np.exp(np.minimum(z, 0)) - 1), lambda z: np.where(z > 0, 1, np.exp(np.minimum(z, 0)))),
    "gelu": (lambda z: z * (1 + ERF(z / math.sqrt(2))) / 2,
             lambda z: (1 + ERF(z / math.sqrt(2))) / 2 + z * np.exp(-z * z / 2) / math.sqrt(2 * math.pi)),
    "swish": (lambda z: z * sigmoid(z), lambda z: sigmoid(z) + z * sigmoid(z) * (1 - sigmoid(z))),
    "softplus": (lambda z: np.log1p(np.exp(z)), sigmoid),
    "heaviside": (lambda z: (z >= 0) * 1.0, lambda z: 0 * z),
}

# Losses: the target, how many outputs, and dloss/dz for one example's outputs z (a row each). ----------------------------------------------
ROWS = np.arange(len(X))


def of_classes(z, p=None):
    d = softmax(z)
    d[ROWS, CLASSES] -= 1
    return d


LOSSES = {
    "mse(net(x), y)": (NUMBERS, 1, lambda z: 2 * (z - NUMBERS)),
    "l1_loss(net(x), y)": (NUMBERS, 1, lambda z: np.sign(z - NUMBERS)),
    "huber(net(x), y, delta = 0.5)": (NUMBERS, 1, lambda z: np.clip(z - NUMBERS, -0.5, 0.5)),
    "perceptron_loss(net(x), y)": (SIGNS, 1, lambda z: np.where(-SIGNS * z > 0, -SIGNS, 0)),
    "hinge(net(x), y)": (SIGNS, 1, lambda z: np.where(1 - SIGNS * z > 0, -SIGNS, 0)),
    "binary_cross_entropy(sigmoid(net(x)), y)": (BITS, 1, lambda z: sigmoid(z) - BITS),
    "binary_cross_entropy_logits(net(x), y)": (BITS, 1, lambda z: sigmoid(z) - BITS),
    "cross_entropy(net(x), y)": (CLASSES, 3, of_classes),
    "cross_entropy_probabilities(softmax(net(x)), y)": (CLASSES, 3, of_classes),
    "soft_cross_entropy(net(x), one_hot(y, 3))": (CLASSES, 3, of_classes),
    "sequence_cross_entropy(reshape(net(x), [1, 3]), reshape(y, [1]))": (CLASSES, 3, of_classes),
}

# Penalties of the weights: their gradient. ------------------------------------------------------------------------------------------------
PENALTIES = {
    "0.1 * l2(net.weights)": lambda w: 0.1 * w,
    "0.1 * l1(net.weights)": lambda w: 0.1 * np.sign(w),
    "0.1 * elastic(net.weights, ratio = 0.3)": lambda w: 0.1 * (0.3 * np.sign(w) + 0.7 * w),
}


# Constraints of the weights.
CONSTRAINTS = {
    "constrain net.weights to max_norm(theta, 0.5)": lambda name, w: w * np.minimum(1, 0.5 / np.linalg.norm(w, axis=0)) if name[-1] == "w" else w,
    "constrain net.dense1.w to max_norm(theta, 0.3); constrain net.parameters to max_norm(theta, 0.4)":
        lambda name, w: np.clip(w, -0.4, 0.4) if name[-1] == "b" else w * np.minimum(1, {"1": 0.3, "2": 0.4}[name[5]] / np.linalg.norm(w, axis=0)),
    "constrain net.dense1 to max(theta, 0)": lambda name, w: np.maximum(w, 0) if name.startswith("dense1") else w,
}

# Normalisations of eight units: the shape whose last but `axis` dims are apart, the axis that is normalised, and how many units share a
# channel's gain and shift. ---------------------------------------------------------------------------------------------------------------
NORMALISATIONS = {
    "batch_norm": ((len(X), 8), 0, 1),
    "layer_norm": ((len(X), 8), 1, 1),
    "reshape([4, 1, 2]) |> group_norm(2) |> flatten": ((len(X), 2, 4), 2, 2),
}


def train_normalised(before, target, slope, kind, eps=1e-5, rate=0.1, momentum=0.9):
    """For dense(8), the normalisation, tanh and dense(1): the weights after STEPS steps, and the running statistics."""
    shape, axis, units = NORMALISATIONS[kind]
    w = {name: value.copy() for name, value in before.items()}
    norm = next(name for name in w if name.endswith(".gamma"))[:-len("gamma")]
    for _ in range(STEPS):
        z = (X @ w["dense1.w"] + w["dense1.b"]).reshape(shape)
        mean, variance = z.mean(axis, keepdims=True), z.var(axis, keepdims=True)
        deviation = np.sqrt(variance + eps)
        unit = (z - mean) / deviation
        gain, flat = np.repeat(w[norm + "gamma"], units), unit.reshape(len(X), 8)
        inner = np.tanh(flat * gain + np.repeat(w[norm + "beta"], units))
        d2 = slope(inner @ w["dense2.w"] + w["dense2.b"]) / len(X)
        d1 = d2 @ w["dense2.w"].T * (1 - inner ** 2)
        d = (d1 * gain).reshape(shape)
        dz = ((d - d.mean(axis, keepdims=True) - unit * (d * unit).mean(axis, keepdims=True)) / deviation).reshape(len(X), 8)
        gradients = {"dense1.w": X.T @ dz, "dense1.b": dz.sum(0), "dense2.w": inner.T @ d2, "dense2.b": d2.sum(0),
                     norm + "gamma": (d1 * flat).sum(0).reshape(-1, units).sum(1), norm + "beta": d1.sum(0).reshape(-1, units).sum(1)}
        for name, gradient in gradients.items():
            w[name] = w[name] - rate * gradient
        if norm + "mean_" in w:
            w[norm + "mean_"] = momentum * w[norm + "mean_"] + (1 - momentum) * mean.reshape(-1)
            w[norm + "var_"] = momentum * w[norm + "var_"] + (1 - momentum) * variance.reshape(-1)
    return w


def train(before, target, slope, activation=None, optimizer=sgd(0.1), rate=None, penalty=lambda w: 0, constraint=lambda name, w: w,
          batches=None):
    """The weights after STEPS steps. slope(z): the derivative of each example's loss with respect to the network's outputs; a
    step on a part of the rows gets their numbers too."""
    weights = {name: value.copy() for name, value in before.items()}
    states = {name: {} for name in weights}
    f, df = ACTIVATIONS[activation] if activation else (None, None)
    last = "dense2" if activation else "dense1"
    for step in range(STEPS):
        rows = batches[step] if batches else slice(None)
        x = inner = X[rows]
        if activation:
            z1 = x @ weights["dense1.w"] + weights["dense1.b"]
            inner = f(z1)
        z = inner @ weights[last + ".w"] + weights[last + ".b"]
        dz = (slope(z, rows) if batches else slope(z)) / len(x)
        gradients = {last + ".w": inner.T @ dz, last + ".b": dz.sum(0)}
        if activation:
            d1 = dz @ weights[last + ".w"].T * df(z1)
            gradients.update({"dense1.w": x.T @ d1, "dense1.b": d1.sum(0)})
        for name in weights:
            gradient = gradients[name] + (penalty(weights[name]) if name.endswith(".w") else 0)  # `weights` leaves biases out
            step_of = sgd(rate(step)) if rate else optimizer
            weights[name] = constraint(name, step_of(weights[name], gradient, step + 1, states[name]))
    return weights


def train_with_plateau(before, target, slope, rate, by, patience, least, lowest):
    """One row repeated, so that the validation loss is the loss of the weights on it."""
    w = {name: value.copy() for name, value in before.items()}
    best, waited, factor, x, y, falls, gains = np.inf, 0, 1.0, X[:1], target[:1], 0, 0
    for step in range(STEPS):
        inner = np.tanh(x @ w["dense1.w"] + w["dense1.b"])
        z = inner @ w["dense2.w"] + w["dense2.b"]
        if step:
            loss = ((z - y) ** 2).mean()
            better = loss < best - least * abs(best) if best < np.inf else True
            best, waited = (loss, 0) if better else (best, waited + 1)
            if waited >= patience:
                factor, waited = by * factor, 0
            falls, gains = falls + (waited == 0 and not better), gains + better
        lr = max(rate * factor, lowest)
        dz = 2 * (z - y)
        d1 = dz @ w["dense2.w"].T * (1 - inner ** 2)
        for name, gradient in {"dense2.w": inner.T @ dz, "dense2.b": dz[0], "dense1.w": x.T @ d1, "dense1.b": d1[0]}.items():
            w[name] = w[name] - lr * gradient
    assert falls > 1 and gains > 1, "the rate shall fall, and the loss become better in between"
    return w


def train_boltzmann(before, target, rate=0.1):
    """Contrastive divergence, with weights so large that every hidden unit is drawn with certainty."""
    w, a, b = (before["rbm." + name].copy() for name in "wab")
    for _ in range(STEPS):
        z = X @ w + b
        assert np.abs(z).min() > 25, "a hidden unit is not certain"
        h = sigmoid(z)
        dreamed = sigmoid((h > 0.5) @ w.T + a)
        again = sigmoid(dreamed @ w + b)
        w = w + rate * (X.T @ h - dreamed.T @ again) / len(X)
        a = a + rate * (X - dreamed).mean(0)
        b = b + rate * (h - again).mean(0)
    return {"rbm.w": w, "rbm.a": a, "rbm.b": b}


def compare(name, target, outputs, loss, optimizer_text, layers, by_hand=train, inputs=X, split="", entries="", batch="all", model="net", **how):
    folder = os.path.join(options.dir, "".join(c if c.isalnum() else "_" for c in name))
    category = target.ndim == 1
    lines = ["data d = rows(x: [3], y: [%s]) {" % ("" if category else "1"), split]
    lines += ["  [%s] -> [%s]" % (", ".join(map(repr, map(float, x))), float(y) if category else float(y[0])) for x, y in zip(inputs, target)]
    lines += ["}", "model net(x: [3]) -> [%d] { x |> %s }" % (outputs, layers), 'save net to "before.safetensors"',
              "train %s on d { loss = %s; optimizer = %s; batch = %s; steps = %d; %s }" % (model, loss, optimizer_text, batch, STEPS, entries),
              'save net to "after.safetensors"']
    saved = trials.run(options.nnc, folder, "\n".join(lines) + "\n")
    expected = by_hand(saved("before"), target, **how)
    found = saved("after")
    compared.append(name)
    # A bias before batch normalisation has only rounding as its gradient: its value is compared absolutely.
    sizes = {key: np.abs(value).max() for key, value in expected.items()}
    worst = max(np.abs(found[key] - expected[key]).max() / (sizes[key] if sizes[key] > 1e-12 else 1) for key in expected)
    print("%-60s %.1e" % (name, worst), flush=True)
    return worst < 1e-5


parser = trials.flags()
parser.add_argument("kind", choices=["optimizers", "schedules", "activations", "losses", "penalties", "constraints", "normalisations", "modes"])
options = parser.parse_args()
results, compared = [], []
if options.kind == "optimizers":
    for text, optimizer in OPTIMIZERS.items():
        results.append(compare(text, *LOSSES["mse(net(x), y)"][:2], "mse(net(x), y)", text, "dense(4) |> tanh |> dense(1)",
                               slope=LOSSES["mse(net(x), y)"][2], activation="tanh", optimizer=optimizer))
    trials.complete("optimizers.nn", "optimizer", compared)
elif options.kind == "schedules":
    for text, rate in SCHEDULES.items():
        results.append(compare(text, *LOSSES["mse(net(x), y)"][:2], "mse(net(x), y)", "sgd(lr = %s)" % text, "dense(4) |> tanh |> dense(1)",
                               slope=LOSSES["mse(net(x), y)"][2], activation="tanh", rate=rate))
    for number, (lr, by, patience, least, lowest) in enumerate([(0.08, 0.5, 3, 0.15, 0), (0.15, 0.3, 2, 0.4, 0.03)]):
        text = "plateau(%g, by = %g, patience = %d epochs, least = %g, lowest = %g)" % (lr, by, patience, least, lowest)
        results.append(compare(text, NUMBERS[:1].repeat(12, 0), 1, "mse(net(x), y)", "sgd(lr = %s)" % text, "dense(4) |> tanh |> dense(1)",
                               by_hand=train_with_plateau, inputs=X[:1].repeat(12, 0), split="split train = 50%, val = 50%", slope=None, rate=lr,
                               by=by, patience=patience, least=least, lowest=lowest))
    trials.complete("schedules.nn", "fn", compared, parts=["half_cosine"])
elif options.kind == "activations":
    for text in ACTIVATIONS:
        results.append(compare(text, *LOSSES["mse(net(x), y)"][:2], "mse(net(x), y)", "sgd(lr = 0.1)", "dense(4) |> %s |> dense(1)" % text,
                               slope=LOSSES["mse(net(x), y)"][2], activation=text))
    trials.complete("activations.nn", "fn", compared)
elif options.kind == "losses":
    for text, (target, outputs, slope) in LOSSES.items():
        results.append(compare(text, target, outputs, text, "sgd(lr = 0.1)", "dense(%d)" % outputs, slope=slope))
    results.append(compare("contrastive_divergence", NUMBERS, 2, "contrastive_divergence(net.rbm, input)", "sgd(lr = 0.1)",
                           "rbm_dense(2, weights = normal(300)) as rbm", by_hand=train_boltzmann, model="net.rbm"))
    trials.complete("losses.nn", "fn", compared, parts=["free_energy"])
elif options.kind == "constraints":
    for text, constraint in CONSTRAINTS.items():
        results.append(compare(text, *LOSSES["mse(net(x), y)"][:2], "mse(net(x), y)", "momentum(lr = 0.05)", "dense(4) |> tanh |> dense(1)",
                               slope=LOSSES["mse(net(x), y)"][2], activation="tanh", optimizer=momentum(0.05), constraint=constraint, entries=text))
    trials.complete("functions.nn", "fn", compared, which="max_norm")
elif options.kind == "modes":
    X = np.float64(np.float32(np.random.default_rng(3).normal(size=(150, 3))))
    goal = np.float64(np.float32(np.sin(X.sum(1, keepdims=True))))
    for batch in (1, 64, "all"):
        size = len(X) if batch == "all" else batch
        per_epoch = -(-len(X) // size)
        orders = [shuffle.order(len(X), epoch) for epoch in range(STEPS)] if size < len(X) else [list(range(len(X)))] * STEPS
        batches = [orders[i // per_epoch][i % per_epoch * size:][:size] for i in range(STEPS)]
        results.append(compare("batch = %s" % batch, goal, 1, "mse(net(x), y)", "momentum(lr = 0.01)", "dense(4) |> tanh |> dense(1)", inputs=X,
                               batch=batch, slope=lambda z, rows: 2 * (z - goal[rows]), activation="tanh", optimizer=momentum(0.01),
                               batches=batches))
elif options.kind == "normalisations":
    for text in NORMALISATIONS:
        results.append(compare(text, *LOSSES["mse(net(x), y)"][:2], "mse(net(x), y)", "sgd(lr = 0.1)", "dense(8) |> %s |> tanh |> dense(1)" % text,
                               by_hand=train_normalised, slope=LOSSES["mse(net(x), y)"][2], kind=text))
    trials.complete("layers.nn", "layer", compared, which=r"\w*norm\w*")
else:
    for text, penalty in PENALTIES.items():
        results.append(compare(text, *LOSSES["mse(net(x), y)"][:2], "mse(net(x), y) + " + text, "sgd(lr = 0.1)", "dense(1)",
                               slope=LOSSES["mse(net(x), y)"][2], penalty=penalty))
    trials.complete("functions.nn", "fn", compared, which="l1|l2|elastic")
if not all(results):
    sys.exit("weights differ by more than 1e-5")
