# updates.py: optimizers and schedules by their published formulas, in NumPy. An optimizer is one step, given the parameter, its gradient,
# the number of the step from 1, and its own dictionary; a hyper-parameter is a function of the step from 0.
import math

import numpy as np


def constant(c):
    return lambda step: c


def sgd(lr):
    return lambda theta, g, t, s: theta - lr(t - 1) * g


def momentum(lr, rho):
    def step(theta, g, t, s):
        s["v"] = rho(t - 1) * s.get("v", 0) + g
        return theta - lr(t - 1) * s["v"]
    return step


def nesterov(lr, rho):
    def step(theta, g, t, s):
        s["v"] = rho(t - 1) * s.get("v", 0) + g
        return theta - lr(t - 1) * (g + rho(t - 1) * s["v"])
    return step


def adagrad(lr, eps=1e-7):
    def step(theta, g, t, s):
        s["g"] = s.get("g", 0) + g * g
        return theta - lr(t - 1) * g / (np.sqrt(s["g"]) + eps)
    return step


def adadelta(lr, rho=0.95, eps=1e-6):
    def step(theta, g, t, s):
        s["g"] = rho * s.get("g", 0) + (1 - rho) * g * g
        move = np.sqrt(s.get("d", 0) + eps) / np.sqrt(s["g"] + eps) * g
        s["d"] = rho * s.get("d", 0) + (1 - rho) * move * move
        return theta - lr(t - 1) * move
    return step


def rmsprop(lr, decay=0.9, eps=1e-7):
    def step(theta, g, t, s):
        s["g"] = decay * s.get("g", 0) + (1 - decay) * g * g
        return theta - lr(t - 1) * g / (np.sqrt(s["g"]) + eps)
    return step


def adamw(lr, beta1=0.9, beta2=0.999, eps=1e-8, decay=0.0):
    def step(theta, g, t, s):
        s["m"] = beta1 * s.get("m", 0) + (1 - beta1) * g
        s["v"] = beta2 * s.get("v", 0) + (1 - beta2) * g * g
        scaled = s["m"] / (1 - beta1 ** t) / (np.sqrt(s["v"] / (1 - beta2 ** t)) + eps)
        return theta - lr(t - 1) * (scaled + decay * theta)
    return step


def schedule(rng, base, steps):
    """(text, rate of a step)"""
    over = int(rng.integers(2, steps + 2))
    third, quarter, tenth = (float("%g" % (base / n)) for n in (3, 4, 10))  # as they are written in the program
    half = lambda a, b, part: b + (a - b) * (1 + math.cos(math.pi * min(1, part))) / 2
    kinds = [
        ("%g" % base, lambda i: base),
        ("cosine(from = %g, to = %g)" % (base, tenth), lambda i: half(base, tenth, i / steps)),
        ("cosine(%g, over = %d steps)" % (base, over), lambda i: half(base, 0, i / over)),
        ("linear(from = %g, to = %g, over = %d steps)" % (base, quarter, over), lambda i: base + (quarter - base) * min(1, i / over)),
        ("warmup(%d steps, %g)" % (over, base), lambda i: base * min(1, (i + 1) / over)),
        ("step_decay(from = %g, by = 0.7, every = 2 steps)" % base, lambda i: base * 0.7 ** (i // 2)),
        ("%g / (1 + step)" % base, lambda i: base / (1 + i)),
        ("(if step < %d then %g else %g)" % (over, base, third), lambda i: base if i < over else third),
    ]
    return kinds[rng.integers(len(kinds))]


def optimizer(rng, steps):
    """(text, one step)"""
    def at(base): return schedule(rng, base, steps)
    base = float(np.round(10 ** rng.uniform(-2.5, -1), 4))
    text, lr = at(base)
    rho_text, rho = schedule(rng, 0.9, steps) if rng.random() < 0.3 else ("0.8", constant(0.8))
    decay = round(float(rng.uniform(0, 0.2)), 2)
    kinds = [
        ("sgd(lr = %s)" % text, sgd(lr)),
        ("momentum(lr = %s, rho = %s)" % (text, rho_text), momentum(lr, rho)),
        ("nesterov(lr = %s, rho = %s)" % (text, rho_text), nesterov(lr, rho)),
        ("adagrad(lr = %s, eps = 0.001)" % text, adagrad(lr, 1e-3)),
        ("rmsprop(lr = %s, decay = 0.8, eps = 0.001)" % text, rmsprop(lr, 0.8, 1e-3)),
        ("adadelta(lr = %s, eps = 0.0001)" % text, adadelta(lr, 0.95, 1e-4)),
        ("adam(lr = %s, beta1 = 0.8, eps = 0.001)" % text, adamw(lr, 0.8, 0.999, 1e-3)),
        ("adamw(lr = %s, beta2 = 0.99, eps = 0.001, decay = %g)" % (text, decay), adamw(lr, 0.9, 0.99, 1e-3, decay)),
        ("own(rate = %s)" % text, lambda theta, g, t, s: theta - lr(t - 1) * g / (1 + np.abs(g))),
    ]
    return kinds[rng.integers(len(kinds))]


OWN = "optimizer own(rate = 0.1) { theta <- theta - rate * grad / (1 + abs(grad)) }"
