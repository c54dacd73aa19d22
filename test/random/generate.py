# generate.py: a random program and the numbers that it must give. Program(seed).text is in the language; Program.train takes the weights
# that nnc drew and returns the weights after training and the model's predictions, computed by language.py and updates.py.
import os
import sys

import numpy as np

import language as nn
import pieces
import updates
from language import V

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools"))
import shuffle


class Env(dict):
    """Values of names while a model is applied to a batch."""

    def __init__(self, tensors, training, updates, class_numbers=None):
        super().__init__()
        self.tensors, self.training, self.updates, self.class_numbers, self.assigned = tensors, training, updates, class_numbers, {}
        self.noise = None # of the perturbed run: draws what rounding may leave of a difference that is 0
        self.share = 1.0  # this batch's rows divided by those of a full one

    def parameter(self, name): return self.tensors[name]
    state = parameter

    def assign(self, name, weight, now):
        before = nn.A.numpy(self.tensors[name].a)
        self.assigned[name] = (1 - weight) * before + weight * now


class Program:
    def __init__(self, seed, steps=4):
        self.rng, self.seed, self.counts = np.random.default_rng(seed), seed, {}
        self.declarations, self.options, self.runs = [], {}, []
        rng = self.rng
        rows = int(rng.integers(3, 12))
        shapes = [(int(rng.integers(2, 6)),), (int(rng.integers(1, 4)), int(rng.integers(3, 7)), int(rng.integers(3, 7))), (int(rng.integers(2, 4)), int(rng.integers(2, 5)))]
        self.shape = shapes[[0, 0, 0, 1, 1, 2][rng.integers(6)]]
        self.numbers, self.classes_in = int(rng.integers(1, 4)), int(rng.integers(2, 5))
        # A model has one input: class numbers are its last elements.
        self.x = np.round(rng.normal(size=(rows,) + self.shape), 2)
        self.k = rng.integers(0, self.classes_in, (rows, self.numbers)) if len(self.shape) == 1 and rng.random() < 0.5 else None
        if self.k is not None:
            self.x = np.concatenate([self.x, self.k], 1)

        self.inner = None
        if rng.random() < 0.2:
            self.inner = pieces.Body(self, "inner.", [("z", self.x.shape[1:])])
            for _ in range(int(rng.integers(1, 4))):
                self.grow(self.inner)
        self.body = body = pieces.Body(self, "net.", [("x", self.x.shape[1:])])
        if self.k is not None:
            n = self.shape[0]
            body.let("x[0 .. %d]" % (n - 1), self.shape, lambda e: nn.taken(e["x"], 0, range(n)))
            body.lines.append("let k = x[%d .. %d]" % (n, n + self.numbers - 1))
            body.values = [body.values[-1]]
            body.has_numbers = True
        if self.inner:
            last = self.inner.values[-1]

            def apply_inner(e):
                own = Env(e.tensors, e.training, e.updates)
                own.noise = e.noise
                own.share = e.share
                own["z"] = e["x"]
                self.inner.run(own)
                e.assigned.update(own.assigned)
                return nn.batched(own[last[0]], e["x"].a.shape[0])
            body.let("inner(x)", last[1], apply_inner)
        for _ in range(int(rng.integers(2, 9))):
            self.grow(body)
        self.finish(body)
        self.trainings = [self.training(steps) for _ in range(1 if rng.random() < 0.8 else 2)]
        self.text = self.written()

    def fresh(self, kind):
        self.counts[kind] = self.counts.get(kind, 0) + 1
        return kind + str(self.counts[kind])

    def option(self):
        name, c = self.fresh("o"), pieces.number(self.rng)
        self.options[name] = c
        return name, c

    def grow(self, body):
        rng = self.rng
        v = body.values[-1] if rng.random() < 0.75 else body.values[rng.integers(len(body.values))]
        if pieces.prod(v[1]) > 200:
            body.let("%s |> flatten |> dense(4) as %s" % (v[0], self.fresh("p")), (4,), self.dense(body, v[0], "p%d" % self.counts["p"]))
            return
        weights = np.array([w for _, w in pieces.PIECES], float)
        pieces.PIECES[rng.choice(len(weights), p=weights / weights.sum())][0](body, v)

    def dense(self, body, name, place):
        full = body.path + place
        return lambda e: nn.dense(nn.flatten(e[name]), e.parameter(full + ".w"), e.parameter(full + ".b"))

    def finish(self, body):
        """Chooses a loss and its targets, and computes the outputs from the last three values of the body."""
        rng = self.rng
        last = body.values[-3:]
        kinds = ["mse", "l1_loss", "huber", "cross_entropy", "binary_cross_entropy_logits", "binary_cross_entropy", "hinge",
                 "soft_cross_entropy", "sequence_cross_entropy", "cross_entropy_probabilities", "own"]
        self.loss = kinds[rng.integers(len(kinds))]
        self.outputs = int(rng.integers(2, 5)) if "cross_entropy" in self.loss and "binary" not in self.loss else int(rng.integers(1, 4))
        length = self.length = 2 if self.loss == "sequence_cross_entropy" else 1
        terms, functions = [], []
        for v in last:
            place = self.fresh("p")
            terms.append("(%s |> flatten |> dense(%d) as %s)" % (v[0], self.outputs * length, place))
            functions.append(self.dense(body, v[0], place))

        def outputs(e):
            result = functions[0](e)
            for f in functions[1:]:
                result = result + f(e)
            if self.loss == "binary_cross_entropy":
                result = nn.sigmoid(result)
            if self.loss == "cross_entropy_probabilities":
                result = nn.softmax(result)
            return nn.reshape(result, (length, self.outputs)) if length > 1 else result
        text = " + ".join(terms)
        if self.loss == "binary_cross_entropy":
            text = "sigmoid(%s)" % text
        if self.loss == "cross_entropy_probabilities":
            text = "softmax(%s)" % text
        if length > 1:
            text = "reshape(%s, [%d, %d])" % (text, length, self.outputs)
        body.lines.append(text)
        self.output = outputs
        rows = len(self.x)
        self.y = {"sequence_cross_entropy": lambda: rng.integers(0, self.outputs, (rows, length)),
                  "cross_entropy": lambda: rng.integers(0, self.outputs, rows), "cross_entropy_probabilities": lambda: rng.integers(0, self.outputs, rows),
                  "soft_cross_entropy": lambda: rng.integers(0, self.outputs, rows),
                  "hinge": lambda: rng.choice([-1, 1], (rows, self.outputs)),
                  "binary_cross_entropy": lambda: rng.integers(0, 2, (rows, self.outputs)),
                  "binary_cross_entropy_logits": lambda: rng.integers(0, 2, (rows, self.outputs)),
                  }.get(self.loss, lambda: np.round(rng.normal(size=(rows, self.outputs)), 2))()

    def loss_text(self):
        if self.loss == "soft_cross_entropy":
            return "soft_cross_entropy(net(x), one_hot(y, %d))" % self.outputs
        if self.loss == "own":
            return "sum(tanh(net(x) - y)^2 + 0.1 * net(x)^2)"
        return "%s(net(x), y)" % self.loss

    def loss_of(self, z, y):
        target = V(y, True)
        table = {"mse": nn.mse, "l1_loss": nn.l1_loss, "huber": nn.huber, "binary_cross_entropy_logits": nn.bce_logits, "hinge": nn.hinge,
                 "binary_cross_entropy": nn.bce}
        if self.loss in table:
            return table[self.loss](z, target)
        if self.loss == "own":
            return nn.total(nn.square(nn.tanh(z - target)) + 0.1 * nn.square(z))
        if self.loss == "cross_entropy_probabilities":
            return -nn.log(nn.maximum(nn.total(z * nn.one_hot(y, self.outputs), [-1]), 1e-7))
        each = nn.cross_entropy(z, y)
        return nn.mean(each) if self.loss == "sequence_cross_entropy" else each

    def training(self, steps):
        """The settings of one train statement."""
        rng, t = self.rng, {}
        t["optimizer"], t["step"] = updates.optimizer(rng, steps)
        t["steps"], t["batch"] = steps, [len(self.x), int(rng.integers(1, len(self.x) + 1))][rng.integers(2)]
        t["penalty"] = [None, "l2", "l1", "elastic", "slope"][rng.integers(5)] if rng.random() < 0.5 else None
        if t["penalty"] == "slope" and "batch_norm" in " ".join(self.body.lines + (self.inner.lines if self.inner else [])):
            t["penalty"] = None  # there, examples depend on one another
        if t["penalty"] == "slope" and self.k is not None:
            t["penalty"] = None
        if t["penalty"] == "slope" and "derivative" in " ".join(self.declarations):
            t["penalty"] = None  # language.py supports stated derivatives only to the first order
        t["clip"] = [("norm", pieces.number(rng, 0.1, 1)), ("value", pieces.number(rng, 0.02, 0.2))][rng.integers(2)] if rng.random() < 0.35 else None
        t["constrain"] = ["max_norm", "clamp"][rng.integers(2)] if rng.random() < 0.3 else None
        t["freeze"] = rng.random() < 0.2
        return t

    def written(self):
        rows = []
        for i in range(len(self.x)):
            rows.append("  %s -> %s" % (nested(self.x[i]), nested(self.y[i])))
        shape = ", ".join(map(str, self.x.shape[1:]))
        lines = ["option %s = %s" % item for item in self.options.items()] + self.declarations + [updates.OWN]
        lines += ["data d = rows(x: [%s], y: [%s]) {" % (shape, ", ".join(map(str, self.y.shape[1:])))] + rows + ["}"]
        if self.inner:
            lines += ["model inner(z: [%s]) {" % shape] + ["  " + line for line in self.inner.lines] + ["  " + self.inner.values[-1][0], "}"]
        lines += ["model net(x: [%s]) {" % shape] + ["  " + line for line in self.body.lines] + ["}"]
        lines += ['save net to "before.safetensors"'] + (['save inner to "inner_before.safetensors"'] if self.inner else [])
        for t in self.trainings:
            penalty = {None: "", "l2": " + 0.01 * l2(net.weights)", "l1": " + 0.003 * l1(net.weights)", "elastic": " + 0.01 * elastic(net.weights, ratio = 0.3)",
                       "slope": " + 0.05 * sum(grad(sum(tanh(net(x))), x)^2)"}[t["penalty"]]
            entries = ["loss = " + self.loss_text() + penalty, "optimizer = " + t["optimizer"], "batch = %d" % t["batch"], "steps = %d" % t["steps"]]
            entries += ["clip %s %s" % t["clip"]] if t["clip"] else []
            entries += [{"max_norm": "constrain net.weights to max_norm(theta, 1.1)", "clamp": "constrain net.parameters to clamp(theta, -1, 1)"}[t["constrain"]]] if t["constrain"] else []
            if t["freeze"]:
                lines.append("freeze net.%s" % self.last_place())
            lines += ["train net on d { " + "; ".join(entries) + " }"]
        lines += ['save net to "after.safetensors"'] + (['save inner to "inner_after.safetensors"'] if self.inner else [])
        lines += ['predict net on d to "out.csv"']
        return "\n".join(lines) + "\n"

    def last_place(self):
        return "p%d" % self.counts["p"]

    # The reference -----------------------------------------------------------------------------------------------------------------------
    def apply(self, tensors, rows, training, batch=None):
        env = Env(tensors, training, training, None if self.k is None else self.k[rows])
        env.noise = self.noise
        env.share = len(rows) / min(batch or len(rows), len(self.x))
        env["x"] = V(self.x[rows], True)
        self.body.run(env)
        return env, nn.batched(self.output(env), len(rows))

    def train(self, start, noise=None):
        """`start`: tensors by their full names. Returns the tensors after all trainings, and the model's outputs for all rows."""
        self.noise = noise
        tensors = {name: np.array(value) for name, value in start.items()}
        frozen = set()
        for number, t in enumerate(self.trainings):
            if t["freeze"]:
                frozen |= {name for name in tensors if name.startswith("net.%s." % self.last_place())}
            states = {}
            rows, batch = len(self.x), t["batch"]
            per_epoch = -(-rows // batch)
            for step in range(t["steps"]):
                epoch, part = divmod(step, per_epoch)
                order = list(range(rows)) if batch >= rows else shuffle.order(rows, epoch, number)
                self.one_step(tensors, frozen, states, t, step, np.array(order[part * batch:][:batch]))
        held = {name: V(value) for name, value in tensors.items()}
        _, z = self.apply(held, np.arange(len(self.x)), False)
        return tensors, np.array(nn.A.numpy(z.a))

    def one_step(self, tensors, frozen, states, t, step, rows):
        held = {name: V(value) for name, value in tensors.items()}
        env, z = self.apply(held, rows, True, t["batch"])
        per_example = self.loss_of(z, self.y[rows])
        if t["penalty"] == "slope":
            slope = nn.gradient(nn.total(nn.tanh(z)), env["x"])
            per_example = per_example + 0.05 * nn.total(nn.square(slope))
        loss = nn.batch_mean(per_example)
        weights = [v for name, v in held.items() if v.rank >= 2 and not is_state(name)]  # those of the inner model are also the outer one's
        for v in weights:
            if t["penalty"] == "l2": loss = loss + 0.005 * nn.total(nn.square(v))
            if t["penalty"] == "l1": loss = loss + 0.003 * nn.total(nn.absolute(v))
            if t["penalty"] == "elastic": loss = loss + 0.003 * nn.total(nn.absolute(v)) + 0.0035 * nn.total(nn.square(v))
        trained = [name for name in tensors if not is_state(name) and name not in frozen]
        found = nn.A.gradients(loss.a, [held[name].a for name in trained])
        gradients = dict(zip(trained, [np.array(nn.A.numpy(g)) for g in found]))
        if t["clip"] and t["clip"][0] == "norm":
            norm = np.sqrt(sum((g * g).sum() for g in gradients.values()))
            gradients = {name: g * min(1, t["clip"][1] / norm) for name, g in gradients.items()} if norm > 0 else gradients
        elif t["clip"]:
            gradients = {name: np.clip(g, -t["clip"][1], t["clip"][1]) for name, g in gradients.items()}
        for name in trained:
            value = t["step"](tensors[name], gradients[name], step + 1, states.setdefault(name, {}))
            if t["constrain"] == "max_norm" and value.ndim >= 2:
                axes = tuple(range(1, value.ndim)) if value.ndim > 2 else (0,)
                value = value * np.minimum(1, 1.1 / np.sqrt((value * value).sum(axes, keepdims=True)))
            if t["constrain"] == "clamp":
                value = np.clip(value, -1, 1)
            tensors[name] = value
        for name, value in env.assigned.items():
            tensors[name] = value


def is_state(name):
    return name.endswith(".mean_") or name.endswith(".var_")


def nested(value):
    value = np.asarray(value)
    return "[" + ", ".join(nested(v) for v in value) + "]" if value.ndim else repr(value.item())
