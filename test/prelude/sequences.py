# sequences.py --nnc NNC --dir DIR: compares each layer of sequences with NumPy, in f64: its values, and the gradients of all parameters and
# of what comes before it, with central differences of the same formulas. A step of gradient descent with rate 1 shows the gradients.
import os
import re
import subprocess
import sys

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools"))
import trials
from safetensors import load

options = trials.flags().parse_args()
random = np.random.default_rng(3)
failed, compared = False, []


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def gelu(z):
    from math import erf
    return z * 0.5 * (1 + np.vectorize(erf)(z / np.sqrt(2)))


def softmax(z):
    e = np.exp(z - z.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def dense(x, p, at="dense1."):
    return x @ p[at + "w"] + p[at + "b"]


def layer_norm(x, p, at):
    centred = x - x.mean(-1, keepdims=True)
    return centred / np.sqrt((centred ** 2).mean(-1, keepdims=True) + 1e-5) * p[at + "gamma"] + p[at + "beta"]


def rnn(x, p, at, activation=np.tanh):
    h, out = np.zeros(p[at + "u"].shape[0]), []
    for z in x @ p[at + "w"] + p[at + "b"]:
        h = activation(z + h @ p[at + "u"])
        out.append(h)
    return np.array(out)


def lstm(x, p, at):
    h = c = np.zeros(p[at + "u"].shape[0])
    out = []
    for z in x @ p[at + "w"] + p[at + "b"]:
        i, f, g, o = np.split(z + h @ p[at + "u"], 4)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        out.append(h)
    return np.array(out)


def gru(x, p, at):
    h, out = np.zeros(p[at + "u"].shape[0]), []
    for z in x @ p[at + "w"] + p[at + "b"]:
        zr, zz, zn = np.split(z, 3)
        hr, hz, hn = np.split(h @ p[at + "u"] + p[at + "c"], 3)
        update, candidate = sigmoid(zz + hz), np.tanh(zn + sigmoid(zr + hr) * hn)
        h = update * h + (1 - update) * candidate
        out.append(h)
    return np.array(out)


def attention(x, p, at, heads, causal=False, mask=None):
    t, n = x.shape
    split = lambda name: (x @ p[at + "w" + name] + p[at + "b" + name]).reshape(t, heads, n // heads).transpose(1, 0, 2)
    q, k, v = split("q"), split("k"), split("v")
    seen = np.ones((t, t)) if mask is None else np.ones((t, t)) * mask
    if causal:
        seen = np.tril(seen)
    scores = np.where(seen, q @ k.transpose(0, 2, 1) / np.sqrt(n // heads), -1e30)
    weights = softmax(scores) * seen  # a row without any step becomes 0
    return (weights @ v).transpose(1, 0, 2).reshape(t, n) @ p[at + "wo"] + p[at + "bo"]


def transformer_block(x, p, at, heads, causal):
    y = x + attention(layer_norm(x, p, at + "layer_norm1."), p, at + "attention1.", heads, causal)
    return y + dense(gelu(dense(layer_norm(y, p, at + "layer_norm2."), p, at + "dense1.")), p, at + "dense2.")


def sinusoids(x, p, at):
    t, n = x.shape
    unit = np.arange(n)
    angle = np.arange(t)[:, None] / 10000 ** ((unit - unit % 2) / n)
    return x + np.where(unit % 2 == 0, np.sin(angle), np.cos(angle))


def causal_conv(x, p, at, dilation):
    w = p[at + "w"][:, :, 0]
    kernel, out = w.shape[2], np.zeros((len(x), len(w))) + p[at + "b"]
    for i in range(kernel):
        back = (kernel - 1 - i) * dilation
        out[back:] += x[:len(x) - back] @ w[:, :, i].T
    return out


def run(name, text, flags=()):
    folder = os.path.join(options.dir, re.sub(r"\W+", "_", name)[:60])
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "program.nn"), "w") as file:
        file.write(text)
    shown = subprocess.run([options.nnc, "run", *flags, "program.nn"], cwd=folder, check=True, stdout=subprocess.PIPE, text=True).stdout
    return shown, lambda saved: {key: np.float64(value) for key, value in load(os.path.join(folder, saved + ".safetensors")).items()}


def compare(text, reference, t=5, n=6, given=4, name=None, every=1):
    """The layer `text`, as `it`, after a dense layer of n units over t steps of `given` numbers."""
    global failed
    compared.append(text)
    rows = 2
    x = random.normal(size=(rows, t, given)).round(3)
    lists = lambda a: "[" + ", ".join(map(str, a)) + "]" if a.ndim == 1 else "[" + ", ".join(map(lists, a)) + "]"
    table = "\n".join("  %s" % lists(row) for row in x)
    shown, saved = run(name or text, """data d = rows(x: [%d, %d]) {
%s
}
model net(x: [t, n]) { x |> dense(%d) |> %s }
save net to "before.safetensors"
train net on d { loss = mean(net(x)^2 * cos(reshape(range(count(net(x))), size(net(x))))); optimizer = sgd(lr = 1); batch = all; steps = 1 }
save net to "after.safetensors"
""" % (t, given, table, n, text), ["--precision", "f64"])
    before, after = saved("before"), saved("after")

    def loss(p):
        total = 0
        for row in x:
            z = reference(dense(row, p), p)
            total += (z ** 2 * np.cos(np.arange(z.size)).reshape(z.shape)).mean()
        return total / rows

    worst = 0
    largest = max(np.abs(before[key] - after[key]).max() for key in before)
    for key in before:
        gradient = before[key] - after[key]
        for i in range(0, gradient.size, every):
            step = 1e-5
            ends = []
            for side in (1, -1):
                moved = {k: v.copy() for k, v in before.items()}
                moved[key].reshape(-1)[i] += side * step
                ends.append(loss(moved))
            worst = max(worst, abs((ends[0] - ends[1]) / (2 * step) - gradient.reshape(-1)[i]))
    print("%-80s %.1e" % (name or text, worst / largest), flush=True)
    if not worst <= 1e-6 * largest or not largest > 1e-3:
        failed = True
        print("^ differs from NumPy")


compare("dense(3) as it", lambda x, p: dense(x, p, "it."))
compare("layer_norm as it", lambda x, p: layer_norm(x, p, "it."))
compare("rnn(3) as it", lambda x, p: rnn(x, p, "it."))
compare("rnn(3, activation = relu) as it", lambda x, p: rnn(x, p, "it.", lambda z: np.maximum(z, 0)))
compare("lstm(3) as it", lambda x, p: lstm(x, p, "it."))
compare("gru(3) as it", lambda x, p: gru(x, p, "it."))
compare("bidirectional(lstm(3))", lambda x, p: np.concatenate(
    [lstm(x, p, "bidirectional1.lstm1."), lstm(x[::-1], p, "bidirectional1.lstm2.")[::-1]], -1))
compare("positions(7) as it", lambda x, p: x + p["it.w"][:len(x)])
compare("sinusoids", lambda x, p: sinusoids(x, p, ""))
compare("causal_conv(3, 3, dilation = 2) as it", lambda x, p: causal_conv(x, p, "it.", 2))
compare("attention(2) as it", lambda x, p: attention(x, p, "it.", 2))
compare("attention(3, causal = true) as it", lambda x, p: attention(x, p, "it.", 3, causal=True))
compare("attention(2, mask = [1, 0, 1, 1, 0]) as it", lambda x, p: attention(x, p, "it.", 2, mask=np.array([1, 0, 1, 1, 0])))
compare("attention(2, causal = true, mask = [0, 1, 1, 0, 1]) as it",
        lambda x, p: attention(x, p, "it.", 2, causal=True, mask=np.array([0, 1, 1, 0, 1])))
square = "(reshape(range(25), [5, 5]) % 3 > 0)"
compare("attention(1, mask = %s) as it" % square, lambda x, p: attention(x, p, "it.", 1, mask=np.arange(25).reshape(5, 5) % 3 > 0))
compare("transformer_block(2, causal = true) as it", lambda x, p: transformer_block(x, p, "it.", 2, True), every=3)
# More than 256 steps: 64 queries at a time.
long = "(range(300) % 7 > 1)"
compare("attention(2, causal = true, mask = %s) as it" % long, lambda x, p: attention(x, p, "it.", 2, True, np.arange(300) % 7 > 1),
        t=300, n=4, given=2, every=9, name="attention to 300 steps, of which some are hidden")
far = "(abs(range(300) - reshape(range(300), [300, 1])) < 40)"
compare("attention(2, mask = %s) as it" % far,
        lambda x, p: attention(x, p, "it.", 2, mask=np.abs(np.arange(300) - np.arange(300)[:, None]) < 40),
        t=300, n=4, given=2, every=9, name="attention to 300 steps within 40 of each")

# What is drawn has its probabilities; a class without any is never drawn.
shown, _ = run("draw", """fn share(c) = mean(draw([0, 0.5, 1.5, 2] + 0 * reshape(range(20000), [20000, 1])) == c)
print share(0), share(1), share(2), share(3)
""")
shares = [float(line.split("=")[-1]) for line in shown.strip().split("\n")]
print("draw:", shares)
if shares[0] != 0 or max(abs(a - b) for a, b in zip(shares, (0, 0.125, 0.375, 0.5))) > 0.015:
    failed = True
    print("^ are not the probabilities")
compared.append("draw heads_of attend attended masked_softmax generate likeliest")
for file in ("sequences.nn", "recurrent.nn"):
    for kind in ("layer", "fn"):
        trials.complete(file, kind, compared)
sys.exit(failed)
