# pieces.py: random pieces of programs, each as text of the language and as an equivalent function on language.V. A piece of the body of a
# model takes values that are defined above it, and declares what else it needs (functions, layers, parameters).
import numpy as np

import language as nn
from language import V


class Body:
    """The body of a model or function while it grows: its lines, and the names that have a value so far, with their shapes."""

    def __init__(self, program, path, inputs):
        self.program, self.rng, self.path = program, program.rng, path
        self.lines, self.steps, self.values, self.has_numbers = [], [], list(inputs), False

    def let(self, text, shape, function):
        """Adds a line; `function` turns the environment into a V."""
        name = self.program.fresh("v")
        self.lines.append("let %s = %s" % (name, text))
        self.steps.append((name, function))
        self.values.append((name, tuple(shape)))
        return name

    def run(self, env):
        for name, function in self.steps:
            env[name] = function(env)

    def place(self):
        return self.program.fresh("p")

    def parameter(self, shape, start="normal(0.5)"):
        name = self.program.fresh("w")
        self.lines.append("param %s: [%s] ~ %s" % (name, ", ".join(map(str, shape)), start))
        full = self.path + name
        self.steps.append((name, lambda env: env.parameter(full)))
        return name


def number(rng, low=0.2, high=1.5):
    return round(float(rng.uniform(low, high)), 2)


# Expressions of one or two values, element by element -------------------------------------------------------------------------------------------
UNARY = [
    ("tanh(%s)", nn.tanh), ("sin(%s)", nn.sin), ("cos(%s)", nn.cos), ("sigmoid(%s)", nn.sigmoid), ("relu(%s)", nn.relu),
    ("erf(%s)", nn.erf), ("softplus(%s)", nn.softplus), ("swish(%s)", nn.swish), ("gelu(%s)", nn.gelu), ("elu(%s)", nn.elu),
    ("leaky_relu(%s)", nn.leaky_relu), ("abs(%s)", nn.absolute), ("(%s)^2", nn.square), ("exp(-(%s)^2)", lambda v: nn.exp(-nn.square(v))),
    ("sqrt(1 + (%s)^2)", lambda v: nn.sqrt(1.0 + nn.square(v))), ("log(1 + (%s)^2)", lambda v: nn.log(1.0 + nn.square(v))),
    ("1 / (1 + (%s)^2)", lambda v: 1.0 / (1.0 + nn.square(v))), ("-(%s)", lambda v: -v), ("tanh(%s)^3", lambda v: nn.tanh(v) * nn.square(nn.tanh(v))),
    ("(0.5 + abs(%s))^1.5", lambda v: nn.exp(1.5 * nn.log(0.5 + nn.absolute(v)))), ("clamp(%s, -0.7, 0.8)", lambda v: nn.minimum(nn.maximum(v, -0.7), 0.8)),
    ("log1p(abs(%s))", lambda v: nn.log(1.0 + nn.absolute(v))), ("expm1(tanh(%s))", lambda v: nn.exp(nn.tanh(v)) - 1.0),
]
SMOOTH = [u for u in UNARY if u[0].split("(")[0] in ("tanh", "sin", "cos", "sigmoid", "erf", "softplus", "swish", "gelu")] + [UNARY[12], UNARY[13], UNARY[14]]


def expression(rng, names, depth=2, smooth=False):
    """(text, function of a dictionary of V) of the values `names`."""
    if depth == 0 or rng.random() < 0.15:
        name = names[rng.integers(len(names))]
        return name, lambda e: e[name]
    kind = rng.random()
    text, f = expression(rng, names, depth - 1, smooth)
    if kind < 0.45:
        table = SMOOTH if smooth else UNARY
        form, g = table[rng.integers(len(table))]
        return form % text, lambda e: g(f(e))
    if kind < 0.6:
        c = number(rng)
        form, g = [("%s * (%s)", lambda v: c * v), ("%s + (%s)", lambda v: c + v), ("%s - (%s)", lambda v: c - v),
                   ("1 / %s * (%s)", lambda v: 1 / c * v)][rng.integers(4)]
        return form % (c, text), lambda e: g(f(e))
    other, h = expression(rng, names, depth - 1, smooth)
    if kind < 0.88 or smooth:
        form, g = [("(%s) + (%s)", lambda a, b: a + b), ("(%s) - (%s)", lambda a, b: a - b), ("(%s) * tanh(%s)", lambda a, b: a * nn.tanh(b)),
                   ("(%s) / (1 + (%s)^2)", lambda a, b: a / (1.0 + nn.square(b)))][rng.integers(4)]
    else:
        form, g = [("max(%s, %s)", nn.maximum), ("min(%s, %s)", nn.minimum),
                   ("(if %s > %s then 1 else 2) * 0.5", lambda a, b: nn.choose(nn.greater(a, b), 0.5, 1.0))][rng.integers(3)]
    if form.startswith("(if"):
        again = text
        form = "(if (%s) > (%s) then tanh(" + again + ") else 0.5 * (" + again + "))"
        return form % (text, other), lambda e: nn.choose(nn.greater(f(e), h(e)), nn.tanh(f(e)), 0.5 * f(e))
    return form % (text, other), lambda e: g(f(e), h(e))


# Declarations of functions ------------------------------------------------------------------------------------------------------------------------
def own_function(program):
    """A function of one value, with a second parameter that has a default, perhaps with a stated derivative."""
    rng, name = program.rng, program.fresh("f")
    c = number(rng)
    text, f = expression(rng, ["z", "k"], 2)
    if rng.random() < 0.5:
        program.declarations.append("fn %s(z, k = %s) = %s" % (name, c, text))
        return name, lambda v, k=None: f({"z": v, "k": nn.value(c if k is None else k)})
    # The stated derivative need not be the one that would be found: the value is f, its slope with respect to z is g, and with respect to k
    # it is f's.
    slope, g = expression(rng, ["z", "k"], 1)
    program.declarations.append("fn %s(z, k = %s) = %s + 0 * z\n  derivative %s + 0 * z" % (name, c, text, slope))

    def stated(v, k=None):
        k = nn.value(c if k is None else k)
        still = V(nn.A.detached(v.a), v.batch)
        by_k = f({"z": still, "k": k}) + 0.0 * still
        slope = g({"z": v, "k": k})
        return by_k + V(nn.A.detached(slope.a), slope.batch) * (v - still)
    return name, stated


def slope_function(program):
    """`grad` with respect to the first of one or two parameters, or to both."""
    rng, name = program.rng, program.fresh("g")
    two = rng.random() < 0.5
    text, f = expression(rng, ["z", "y"] if two else ["z"], 2, smooth=True)
    by = "y" if two and rng.random() < 0.4 else "z"
    program.declarations.append("fn %s(%s) = grad(sum(%s), %s)" % (name, "z: [n], y: [n]" if two else "z: [n]", text, by))

    def slope(*args):
        # Each argument is a separate variable for each example, even if its value is the same for all.
        rows = next((a.a.shape[0] for a in args if a.batch), None)
        own = [V(a.a + nn.A.array(0.0), a.batch) for a in args]
        e = dict(zip("zy", own if rows is None else [nn.batched(a, rows) for a in own]))
        y = nn.total(f(e) + 0.0 * e["z"])
        return nn.gradient(y, e[by])
    return name, 2 if two else 1, slope


# Pieces of a body: each takes the body and the value (name, shape) that it works on, and may do nothing ----------------------------------------------
def activation(body, v):
    forms = [("tanh", nn.tanh), ("sigmoid", nn.sigmoid), ("relu", nn.relu), ("gelu", nn.gelu), ("swish", nn.swish), ("softplus", nn.softplus)]
    c = number(body.rng)
    forms += [("leaky_relu(slope = %s)" % min(c, 0.9), lambda a: nn.leaky_relu(a, min(c, 0.9))), ("elu(alpha = %s)" % c, lambda a: nn.elu(a, c))]
    text, f = forms[body.rng.integers(len(forms))]
    body.let("%s |> %s" % (v[0], text), v[1], lambda e: f(e[v[0]]))


def elementwise(body, v):
    text, f = expression(body.rng, [v[0]], 2)
    body.let(text, v[1], f)


def with_option(body, v):
    name, c = body.program.option()
    body.let("%s * %s + %s" % (v[0], name, name), v[1], lambda e: e[v[0]] * c + c)


def binary(body, v):
    """Combines it with another value whose shape broadcasts to this one's."""
    fits = [w for w in body.values if len(w[1]) <= len(v[1]) and all(n in (1, m) for n, m in zip(w[1][::-1], v[1][::-1]))]
    w = fits[body.rng.integers(len(fits))]
    text, f = expression(body.rng, [v[0], w[0]], 2)
    body.let("%s + 0 * %s" % (text, v[0]), v[1], lambda e: f(e) + 0.0 * e[v[0]])


def reduction(body, v):
    if not v[1]:
        return
    rng, rank = body.rng, len(v[1])
    name, f = [("sum", nn.total), ("mean", nn.mean), ("max", nn.largest), ("min", nn.smallest), ("var", nn.var), ("logsumexp", nn.logsumexp)][rng.integers(6)]
    axis, keep = int(rng.integers(rank)), bool(rng.random() < 0.5)
    if rng.random() < 0.3:
        axes, text = list(range(rank)), ", over = [%s]" % ", ".join(str(i) for i in range(rank))
    else:
        axes, text = [axis], ", over = %d" % (axis if rng.random() < 0.5 else axis - rank)
    shape = tuple(1 if i in axes else n for i, n in enumerate(v[1]) if keep or i not in axes)
    body.let("%s(%s%s%s)" % (name, v[0], text, ", keep = true" if keep else ""), shape, lambda e: f(e[v[0]], axes, keep))


def shape_change(body, v):
    rng, (name, shape) = body.rng, v
    rank, kind = len(shape), body.rng.integers(9)
    if not rank:
        body.let("[%s, 2 * %s]" % (name, name), (2,), lambda e: nn.stack([e[name], 2.0 * e[name]], 0))
    elif kind == 0:
        body.let("reshape(%s, [-1])" % name, (prod(shape),), lambda e: nn.flatten(e[name]))
    elif kind == 1 and rank == 2:
        body.let("%s'" % name, shape[::-1], lambda e: nn.transposed(e[name]))
    elif kind == 2:
        i = int(rng.integers(-shape[0], shape[0]))
        body.let("%s[%d]" % (name, i), shape[1:], lambda e: nn.reshape(nn.taken(e[name], 0, [i % shape[0]]), shape[1:]))
    elif kind == 3 and shape[0] > 1:
        low = int(rng.integers(shape[0] - 1))
        high = int(rng.integers(low, shape[0]))
        body.let("%s[%d .. %d]" % (name, low, high if rng.random() < 0.5 else high - shape[0]), (high - low + 1,) + shape[1:],
                 lambda e: nn.taken(e[name], 0, range(low, high + 1)))
    elif kind == 4:
        i = int(rng.integers(shape[-1]))
        body.let("%s[..., %d]" % (name, i), shape[:-1], lambda e: nn.reshape(nn.taken(e[name], rank - 1, [i]), shape[:-1]))
    elif kind == 5:
        axis = int(rng.integers(rank))
        body.let("reverse(%s, over = %d)" % (name, axis), shape, lambda e: nn.taken(e[name], axis, range(shape[axis])[::-1]))
    elif kind == 6 and prod(shape) <= 40:
        axis = int(rng.integers(rank))
        same = [w for w in body.values if w[1] == shape]
        other = same[rng.integers(len(same))][0]
        new = shape[:axis] + (2 * shape[axis],) + shape[axis + 1:]
        body.let("concat(%s, %s, axis = %d)" % (name, other, axis), new, lambda e: nn.concat([e[name], e[other]], axis))
    elif kind == 7 and prod(shape) <= 40 and rank < 3:
        same = [w for w in body.values if w[1] == shape]
        other = same[rng.integers(len(same))][0]
        body.let("stack(%s, %s, axis = 0)" % (name, other), (2,) + shape, lambda e: nn.stack([e[name], e[other]], 0))
    elif kind == 8:
        low, high = [int(n) for n in rng.integers(0, 2, rank)], [int(n) for n in rng.integers(0, 2, rank)]
        body.let("pad(%s, [%s], [%s])" % (name, ", ".join(map(str, low)), ", ".join(map(str, high))),
                 tuple(l + n + h for l, n, h in zip(low, shape, high)), lambda e: nn.pad(e[name], low, high))


def prod(shape):
    result = 1
    for n in shape:
        result *= n
    return result


def over_last(body, v):
    if v[1]:
        text, f = [("softmax", nn.softmax), ("log_softmax", nn.log_softmax)][body.rng.integers(2)]
        body.let("%s |> %s" % (v[0], text), v[1], lambda e: f(e[v[0]]))


def own_parameter(body, v):
    """A parameter that broadcasts, by position."""
    rng = body.rng
    shape = tuple(1 if rng.random() < 0.3 else n for n in v[1][int(rng.integers(len(v[1]) + 1)):])
    w = body.parameter(shape)
    text, f = expression(rng, [v[0], w], 2)
    body.let("%s + 0 * %s + 0.5 * %s" % (text, v[0], w), v[1], lambda e: f(e) + 0.0 * e[v[0]] + 0.5 * e[w])


def by_name(body, v):
    """An own layer whose parameter lines up with a named axis."""
    if not v[1]:
        return
    rng, program = body.rng, body.program
    names = ["a", "b", "c"][:len(v[1])]
    axis, c = int(rng.integers(len(names))), number(rng)
    kind = program.fresh("own")
    program.declarations.append("layer %s(k = %s)(x: [%s]) {\n  param g: [%s] ~ normal(0.5)\n  tanh(k * x * g) + g\n}" %
                                (kind, c, ", ".join(names), names[axis]))
    place = body.place()
    full = body.path + place + ".g"

    def run(e):
        g = nn.reshape(e.parameter(full), tuple(n if i == axis else 1 for i, n in enumerate(v[1])))
        return nn.tanh(c * e[v[0]] * g) + g
    body.let("%s |> %s as %s" % (v[0], kind, place), v[1], run)


def call(body, v):
    name, f = own_function(body.program)
    if body.rng.random() < 0.4:
        w = body.parameter(())
        body.let("%s(%s, k = %s) + 0 * %s" % (name, v[0], w, v[0]), v[1], lambda e: f(e[v[0]], e[w]) + 0.0 * e[v[0]])
    else:
        body.let("%s(%s) + 0 * %s" % (name, v[0], v[0]), v[1], lambda e: f(e[v[0]]) + 0.0 * e[v[0]])


def slope(body, v):
    """`grad` with respect to arguments of every kind."""
    if len(v[1]) != 1:
        return
    rng, n = body.rng, v[1][0]
    name, arity, f = slope_function(body.program)
    constants = [round(float(c), 2) for c in rng.normal(size=n)]
    makes = [(v[0], lambda e: e[v[0]]), ("0.5 * %s" % v[0], lambda e: 0.5 * e[v[0]]), ("%s + 1" % v[0], lambda e: e[v[0]] + 1.0),
             ("tanh(%s)" % v[0], lambda e: nn.tanh(e[v[0]])), (str(constants), lambda e: V(constants)),
             ("0.1 * range(%d)" % n, lambda e: V([0.1 * i for i in range(n)])), ("reshape(%s, [%d])" % (v[0], n), lambda e: e[v[0]]),
             ("reverse(%s, over = 0)" % v[0], lambda e: nn.taken(e[v[0]], 0, range(n)[::-1])),
             ("0.5 * %s" % constants, lambda e: V([0.5 * c for c in constants]))]
    chosen = [makes[rng.integers(len(makes))] for _ in range(arity)]
    if arity == 2 and rng.random() < 0.3:
        chosen[1] = chosen[0]
    body.let("%s(%s) + 0 * %s" % (name, ", ".join(t for t, _ in chosen), v[0]), v[1],
             lambda e: f(*[g(e) for _, g in chosen]) + 0.0 * e[v[0]])


# Layers --------------------------------------------------------------------------------------------------------------------------------------------
INITS = ["", "", ", weights = he", ", weights = xavier", ", weights = uniform(low = -0.4, high = 0.4)", ", weights = normal(0.4)",
         ", weights = orthogonal", ", weights = truncated_normal(0.5)", ", weights = lecun"]
BIASES = [("", True), ("", True), (", bias = none", False), (", bias = normal(0.3)", True), (", bias = constant(0.1)", True)]


def dense(body, v):
    rng = body.rng
    if len(v[1]) != 1:
        body.let("%s |> flatten" % v[0], (prod(v[1]),), lambda e: nn.flatten(e[v[0]]))
        return dense(body, body.values[-1])
    units, (bias, has) = int(rng.integers(2, 6)), BIASES[rng.integers(len(BIASES))]
    place = body.place()
    full = body.path + place
    body.let("%s |> dense(%d%s%s) as %s" % (v[0], units, INITS[rng.integers(len(INITS))], bias, place), (units,),
             lambda e: nn.dense(e[v[0]], e.parameter(full + ".w"), e.parameter(full + ".b") if has else None))


def shared(body, v):
    """One named layer, applied twice."""
    if len(v[1]) != 1:
        return
    n, name = v[1][0], body.program.fresh("shared")
    full = body.path + name
    body.lines.append("let %s = dense(%d)" % (name, n))

    def once(e, x): return nn.dense(x, e.parameter(full + ".w"), e.parameter(full + ".b"))
    body.let("%s(%s) |> tanh |> %s" % (name, v[0], name), v[1], lambda e: once(e, nn.tanh(once(e, e[v[0]]))))


def normalised(body, v):
    rng = body.rng
    if len(v[1]) not in (1, 3):
        return
    place = body.place()
    full = body.path + place + "."
    kind = rng.integers(3)
    if kind == 0:
        momentum = number(rng, 0.5, 0.95)

        def run(e):
            result, batch = nn.batch_norm(e[v[0]], e.parameter(full + "gamma"), e.parameter(full + "beta"), e.state(full + "mean_"),
                                          e.state(full + "var_"), e.training)
            if batch and e.updates:
                # A short batch counts by its count of numbers in a mean, and by that count less one in a variance.
                mean, variance, n = batch
                e.assign(full + "mean_", (1 - momentum) * e.share, mean)
                e.assign(full + "var_", (1 - momentum) * (n - 1) / max(n / e.share - 1, 1), variance)
            # If all numbers are equal, a sum in another order leaves a small x - mean.
            return result if e.noise is None else result + V(nn.A.array(e.noise(result.a.shape)), result.batch)
        body.let("%s |> batch_norm(momentum = %s) as %s" % (v[0], momentum, place), v[1], run)
    elif len(v[1]) == 1 and v[1][0] > 1:
        body.let("%s |> layer_norm(eps = 0.01) as %s" % (v[0], place), v[1],
                 lambda e: nn.layer_norm(e[v[0]], e.parameter(full + "gamma"), e.parameter(full + "beta"), 0.01))
    elif len(v[1]) == 3:
        groups = v[1][0] if rng.random() < 0.5 else 1
        if prod(v[1]) // groups > 1:
            body.let("%s |> group_norm(%d, eps = 0.01) as %s" % (v[0], groups, place), v[1],
                     lambda e: nn.group_norm(e[v[0]], groups, e.parameter(full + "gamma"), e.parameter(full + "beta"), 0.01))


def image(body, v):
    """Layers of images."""
    if len(v[1]) != 3 or prod(v[1]) > 400:
        return
    rng, (c, h, w) = body.rng, v[1]
    kind, place = rng.integers(6), body.place()
    full = body.path + place
    groups = c if c > 1 and rng.random() < 0.4 else 1
    channels = groups * int(rng.integers(1, 3))
    bias, has = BIASES[rng.integers(len(BIASES))]
    kernel, stride, dilation = int(rng.integers(1, 4)), int(rng.integers(1, 3)), int(rng.integers(1, 3))

    def biased(e, y):
        return y + nn.reshape(e.parameter(full + ".b"), (channels, 1, 1)) if has else y
    if kind in (0, 1):
        padding = int(rng.integers(0, 3))
        height, width = [(n + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1 for n in (h, w)]
        if min(h, w) + 2 * padding < dilation * (kernel - 1) + 1:
            return
        body.let("%s |> conv(%d, %d, stride = %d, padding = %d, dilation = %d, groups = %d%s%s) as %s" %
                 (v[0], channels, kernel, stride, padding, dilation, groups, INITS[rng.integers(len(INITS))], bias, place),
                 (channels, height, width),
                 lambda e: biased(e, nn.conv(nn.pad(e[v[0]], (0, padding, padding), (0, padding, padding)), e.parameter(full + ".w"), stride, dilation, groups)))
    elif kind == 2:
        padding, extra = int(rng.integers(0, max(1, dilation * (kernel - 1)))), int(rng.integers(0, stride))
        height, width = [stride * (n - 1) - 2 * padding + dilation * (kernel - 1) + 1 + extra for n in (h, w)]
        if min(height, width) < 1 or max(height, width) > 12:
            return
        body.let("%s |> conv_transpose(%d, %d, stride = %d, padding = %d, extra = %d, dilation = %d, groups = %d%s) as %s" %
                 (v[0], channels, kernel, stride, padding, extra, dilation, groups, bias, place), (channels, height, width),
                 lambda e: biased(e, nn.conv_transpose(e[v[0]], e.parameter(full + ".w"), stride, padding, extra, dilation, groups)))
    elif kind in (3, 4):
        size = int(rng.integers(1, min(h, w, 3) + 1))
        height, width = (h - size) // stride + 1, (w - size) // stride + 1
        name, f = [("max_pool", lambda x: nn.largest(x, [-1])), ("avg_pool", lambda x: nn.mean(x, [-1]))][kind - 3]
        body.let("%s |> %s(%d, stride = %d)" % (v[0], name, size, stride), (c, height, width), lambda e: f(nn.windows(e[v[0]], size, stride)))
    elif min(h, w) > 1:
        body.let("%s |> upsample(2) |> avg_pool(3, stride = 1)" % v[0], (c, 2 * h - 2, 2 * w - 2), lambda e: nn.mean(nn.windows(
            nn.taken(nn.taken(e[v[0]], 1, [i // 2 for i in range(2 * h)]), 2, [i // 2 for i in range(2 * w)]), 3, 1), [-1]))


def repeated(body, v):
    """`repeat`, and layers of layers."""
    if len(v[1]) != 1:
        return
    n, program, rng = v[1][0], body.program, body.rng
    if rng.random() < 0.5:
        place = body.place()
        full = body.path + place
        body.let("%s |> residual(dense(%d)) as %s" % (v[0], n, place), v[1],
                 lambda e: e[v[0]] + nn.dense(e[v[0]], e.parameter(full + ".dense1.w"), e.parameter(full + ".dense1.b")))
        return
    kind, place = program.fresh("block"), body.place()
    full, c = body.path + place, number(rng)
    program.declarations.append("layer %s(k = %s)(x: [n]) -> [n] {\n  let inner = dense(n)\n  k * x + tanh(inner(x))\n}" % (kind, c))
    body.let("%s |> %s as %s" % (v[0], kind, place), v[1],
             lambda e: c * e[v[0]] + nn.tanh(nn.dense(e[v[0]], e.parameter(full + ".inner.w"), e.parameter(full + ".inner.b"))))


def looked_up(body, v):
    """A row of a table for each class number in the data, and a gather by them."""
    if not body.has_numbers:
        return
    rng, count = body.rng, body.program.numbers
    units, classes, place = int(rng.integers(1, 4)), body.program.classes_in, body.place()
    full = body.path + place
    labels = lambda e: e.class_numbers
    if rng.random() < 0.6:
        body.let("k |> embedding(%d, %d, weights = normal(0.8)) as %s" % (units, classes, place), (count, units),
                 lambda e: V(e.parameter(full + ".w").a[labels(e)], True))
    elif len(v[1]) == 1 and v[1][0] >= classes:
        # An example's own elements, selected by its own numbers.
        body.let("%s[k]" % v[0], (count,), lambda e: V(nn.batched(e[v[0]], len(labels(e))).a[
            (nn_rows(labels(e)), labels(e))], True))


def nn_rows(labels):
    return np.arange(len(labels))[:, None]


PIECES = [(activation, 5), (elementwise, 5), (with_option, 1), (binary, 5), (reduction, 4), (shape_change, 6), (over_last, 1), (own_parameter, 3),
          (by_name, 3), (call, 4), (slope, 4), (dense, 5), (shared, 2), (normalised, 4), (image, 8), (repeated, 3), (looked_up, 3)]
