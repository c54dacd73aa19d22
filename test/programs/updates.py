# updates.py --nnc NNC --dir DIR KIND: what train blocks do with several updates, with gradients of several batches, with means of weights
# and with optimizers of parts, by nnc and by NumPy: weights must agree to 1e-5, relative to the largest weight of a tensor. --arrays torch:
# the derivatives and the optimizers are PyTorch's (by hand: the suite has no PyTorch).
import os
import sys

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools"))
import shuffle
import trials

X = np.array([[0.5, -1.0], [1.5, 0.2], [-0.3, 0.8], [-1.2, -0.4], [0.9, 0.1], [-0.6, 1.4], [0.1, -0.9], [1.1, 0.7], [0.3, 0.3], [-0.8, 0.6]])
Z = np.array([[0.2], [-0.4], [0.9], [-1.1], [0.6], [0.3], [-0.7], [1.2], [0.5], [-0.2]])


def rows():
    lines = ["[%s] -> [%s]" % (", ".join(map(str, x)), ", ".join(map(str, z))) for x, z in zip(X, Z)]
    return "data d = rows(x: [2], z: [1]) { " + "; ".join(lines) + " }\n"


class Sgd:
    def __init__(self, lr):
        self.lr = lr

    def step(self, p, g):
        for name in g:
            p[name] = p[name] - self.lr * g[name]


class Adam:
    def __init__(self, lr, beta1=0.9, beta2=0.999, eps=1e-8, decay=0.0):
        self.lr, self.b1, self.b2, self.eps, self.decay = lr, beta1, beta2, eps, decay
        self.t, self.m, self.v = 0, {}, {}

    def step(self, p, g):
        self.t += 1
        for name in g:
            self.m[name] = self.b1 * self.m.get(name, 0) + (1 - self.b1) * g[name]
            self.v[name] = self.b2 * self.v.get(name, 0) + (1 - self.b2) * g[name] ** 2
            m, v = self.m[name] / (1 - self.b1 ** self.t), self.v[name] / (1 - self.b2 ** self.t)
            p[name] = p[name] - self.lr * (m / (np.sqrt(v) + self.eps) + self.decay * p[name])


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


# A critic with one hidden layer and a linear maker. --------------------------------------------------------------------------------
MODELS = """model critic(x: [2]) -> [1] { x |> dense(3) |> tanh |> dense(1) }
model maker(z: [1]) -> [2]  { z |> dense(2) }
save critic to "critic0.safetensors"; save maker to "maker0.safetensors"
"""


def scores(p, x):
    h = np.tanh(x @ p["dense1.w"] + p["dense1.b"])
    return h, h @ p["dense2.w"] + p["dense2.b"]


def back(p, x, h, dz):
    """Gradients of a critic's parameters, and of x, from those of its scores."""
    da = (dz @ p["dense2.w"].T) * (1 - h * h)
    return {"dense1.w": x.T @ da, "dense1.b": da.sum(0), "dense2.w": h.T @ dz, "dense2.b": dz.sum(0)}, da @ p["dense1.w"].T


def critic_gradient(c, m, x, z):
    made, n = z @ m["dense1.w"] + m["dense1.b"], len(x)
    h, s = scores(c, x)
    real, _ = back(c, x, h, (sigmoid(s) - 1) / n)
    h, s = scores(c, made)
    fake, _ = back(c, made, h, sigmoid(s) / n)
    return {name: real[name] + fake[name] for name in real}


def maker_gradient(c, m, x, z):
    made, n = z @ m["dense1.w"] + m["dense1.b"], len(x)
    h, s = scores(c, made)
    _, dx = back(c, made, h, (sigmoid(s) - 1) / n)
    return {"dense1.w": z.T @ dx, "dense1.b": dx.sum(0)}


def torch_gradients(c, m, x, z, of):
    import torch
    import torch.nn.functional as f
    tc = {k: torch.tensor(v, requires_grad=True) for k, v in c.items()}
    tm = {k: torch.tensor(v, requires_grad=True) for k, v in m.items()}
    tx, tz = torch.tensor(x), torch.tensor(z)

    def critic(v):
        return torch.tanh(v @ tc["dense1.w"] + tc["dense1.b"]) @ tc["dense2.w"] + tc["dense2.b"]

    made = tz @ tm["dense1.w"] + tm["dense1.b"]
    real, fake = critic(tx), critic(made)
    ones, zeros = torch.ones_like(fake), torch.zeros_like(fake)
    bce = f.binary_cross_entropy_with_logits
    loss = bce(real, ones) + bce(fake, zeros) if of == "critic" else bce(fake, ones)
    loss.backward()
    return {k: v.grad.numpy() for k, v in (tc if of == "critic" else tm).items()}


def clipped(g, limit):
    norm = np.sqrt(sum((v ** 2).sum() for v in g.values()))
    return {k: v * min(1, limit / norm) for k, v in g.items()}


def gan(options, times=3, batch=4, epochs=3, accumulate=1, average=None):
    """A critic that is updated `times` times in a step, then a maker, whose gradient is clipped."""
    text = rows() + MODELS + """train critic, maker on d {
  update critic { loss = binary_cross_entropy_logits(critic(x), 1) + binary_cross_entropy_logits(critic(maker(z)), 0); optimizer = adam(lr = 0.05, beta1 = 0.5); times = %d }
  update maker { loss = binary_cross_entropy_logits(critic(maker(z)), 1); optimizer = sgd(lr = 0.3); clip norm 0.1; constrain maker.biases to 0.9 * theta }
  batch = %d; epochs = %d%s%s
}
save critic to "critic1.safetensors"; save maker to "maker1.safetensors"
""" % (times, batch, epochs, "; accumulate = %d" % accumulate if accumulate > 1 else "", "; average = %g" % average if average else "")
    saved = trials.run(options.nnc, options.dir, text)
    c, m = ({k: v.astype(np.float64) for k, v in saved(name).items()} for name in ("critic0", "maker0"))
    first, second, means = Adam(0.05, 0.5), Sgd(0.3), {}

    def gradient(of, x, z):
        if options.arrays == "torch":
            return torch_gradients(c, m, x, z, of)
        return (critic_gradient if of == "critic" else maker_gradient)(c, m, x, z)

    def continue_means(model, p):
        for name in p:
            key = model + "." + name
            means[key] = p[name] if key not in means else means[key] + (1 - average) * (p[name] - means[key])

    # A step of several batches is one large batch.
    for epoch in range(epochs):
        order = shuffle.order(len(X), epoch) if batch * accumulate < len(X) else list(range(len(X)))
        for at in range(0, len(X), batch * accumulate):
            of = order[at:at + batch * accumulate]
            for _ in range(times):
                first.step(c, gradient("critic", X[of], Z[of]))
                if average:
                    continue_means("critic", c)
            second.step(m, clipped(gradient("maker", X[of], Z[of]), 0.1))
            m["dense1.b"] = 0.9 * m["dense1.b"]
            if average:
                continue_means("maker", m)
    if average:
        c, m = ({k: means[name + "." + k] for k in p} for name, p in (("critic", c), ("maker", m)))
    compare(saved("critic1"), c)
    compare(saved("maker1"), m)


def parts(options):
    """One loss, and optimizers of parts: no decay of biases, and a head of its own."""
    text = rows() + """model critic(x: [2]) -> [1] { x |> dense(3) |> tanh |> dense(1) as head }
save critic to "critic0.safetensors"
train critic on d {
  loss = binary_cross_entropy_logits(critic(x), 1)
  optimizer = adamw(lr = 0.02, decay = 0.1)
  optimizer critic.biases = adam(lr = 0.02)
  optimizer critic.head = sgd(lr = 0.5)
  batch = all; epochs = 20
}
save critic to "critic1.safetensors"
"""
    saved = trials.run(options.nnc, options.dir, text)
    name = {"head.w": "dense2.w", "head.b": "dense2.b"}
    c = {name.get(k, k): v.astype(np.float64) for k, v in saved("critic0").items()}
    decayed, plain, head = Adam(0.02, decay=0.1), Adam(0.02), Sgd(0.5)
    for _ in range(20):
        h, s = scores(c, X)
        g, _ = back(c, X, h, (sigmoid(s) - 1) / len(X))
        decayed.step(c, {"dense1.w": g["dense1.w"]})
        plain.step(c, {"dense1.b": g["dense1.b"]})
        head.step(c, {k: g[k] for k in ("dense2.w", "dense2.b")})
    compare({name.get(k, k): v for k, v in saved("critic1").items()}, c)


def compare(found, expected):
    for name in expected:
        error = np.abs(found[name] - expected[name]).max() / np.abs(expected[name]).max()
        print("%-10s %.1e" % (name, error))
        if not error < 1e-5 or found.keys() != expected.keys():
            sys.exit("%s: nnc has\n%s\nexpected\n%s" % (name, found[name], expected[name]))


KINDS = {
    "gan": gan,
    "accumulate": lambda options: gan(options, times=1, batch=2, accumulate=3),  # the last step of an epoch has two batches
    "ragged": lambda options: gan(options, times=2, batch=3, accumulate=2),      # and here a smaller last batch
    "average": lambda options: gan(options, average=0.8),
    "parts": parts,
}
parser = trials.flags()
parser.add_argument("--arrays", choices=("numpy", "torch"), default="numpy")
parser.add_argument("kind", choices=KINDS)
given = parser.parse_args()
KINDS[given.kind](given)
