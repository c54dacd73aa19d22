# slopes.py --nnc NNC --dir DIR f32|f64: values, slopes and second derivatives of every activation, loss and elementwise primitive at
# special points, against hand-written formulas in f64. The test fails if the prelude or the dialect declares something that no table here
# names.
#
# Each entry is predicted for all points, so that nothing is folded. It is: an expression of z (and t), the value, the slope with respect to
# z, and the second derivative, or None at a corner; at a corner the slope is the one that LANGUAGE.md states. `near`: how far from zero
# rounding may put a value, in units of the precision, where the formula that the reference states loses digits; a negative one is the
# distance itself, for functions that have only f32's precision.
import csv
import math
import os
import re
import subprocess
import sys

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools"))
import trials

inf, nan = math.inf, math.nan


def safely(f):
    """f, infinite where Python overflows, and NaN outside of its domain."""
    def g(*a):
        try:
            return f(*a)
        except OverflowError:
            return inf
        except (ValueError, ZeroDivisionError):
            return nan
    return g


exp, expm1, sin, cos = map(safely, (math.exp, math.expm1, math.sin, math.cos))


def log(x):
    return -inf if x == 0 else nan if x < 0 else math.log(x)


def log1p(x):
    return -inf if x == -1 else nan if x < -1 else math.log1p(x)


def over(a, b):
    if b != 0:
        return a / b
    return nan if a == 0 else math.copysign(inf, a) * math.copysign(1, b)


def sign(x):
    return (x > 0) - (x < 0)


def sigmoid(z):
    return 1 / (1 + exp(-z)) if z >= 0 else exp(z) / (1 + exp(z))


def bell(z):  # σ'
    return sigmoid(z) * sigmoid(-z)


def softplus(z):
    return max(z, 0) + math.log1p(exp(-abs(z)))


def normal(z):  # the density
    return exp(-z * z / 2) / math.sqrt(2 * math.pi)


def phi(z):
    return math.erfc(-z / math.sqrt(2)) / 2


def rem(a, b):
    return math.fmod(a, b) + (b if math.fmod(a, b) * b < 0 else 0)


POINTS = [0, 1e-30, -1e-30, 1e-9, -1e-9, 1e-3, -1e-3, 0.25, -0.25, 1, -1, 2, -2, 20, -20, 50, -50, 100, -100, 1e4, -1e4, 1e15, -1e15, 1e30, -1e30]
# name: (expression, value, slope, second derivative, near)
ONE = {
    "sigmoid": ("sigmoid(z)", sigmoid, bell, lambda z: bell(z) * (sigmoid(-z) - sigmoid(z)), 1),
    "relu": ("relu(z)", lambda z: max(z, 0), lambda z: z > 0, None, 0),
    "leaky_relu": ("leaky_relu(z)", lambda z: z if z > 0 else 0.01 * z, lambda z: 1 if z > 0 else 0.01, None, 0),
    "elu": ("elu(z)", lambda z: z if z > 0 else expm1(z), lambda z: 1 if z > 0 else exp(z), None, 0),
    "elu 2": ("elu(z, alpha = 2)", lambda z: z if z > 0 else 2 * expm1(z), lambda z: 1 if z > 0 else 2 * exp(z), None, 0),
    "gelu": ("gelu(z)", lambda z: z * phi(z), lambda z: phi(z) + z * normal(z), lambda z: (2 - z * z) * normal(z), 100),
    "swish": ("swish(z)", lambda z: z * sigmoid(z), lambda z: sigmoid(z) + z * bell(z),
              lambda z: 2 * bell(z) + z * bell(z) * (sigmoid(-z) - sigmoid(z)), 100),
    "softplus": ("softplus(z)", softplus, sigmoid, bell, 1),
    "heaviside": ("heaviside(z)", lambda z: z >= 0, lambda z: 0, None, 0),
    "neg": ("-z", lambda z: -z, lambda z: -1, lambda z: 0, 0),
    "exp": ("exp(z)", exp, exp, exp, 0),
    "log": ("log(z)", log, lambda z: over(1, z), lambda z: over(-1, z * z), 0),
    "log1p": ("log1p(z)", log1p, lambda z: over(1, 1 + z), lambda z: over(-1, (1 + z) ** 2), 0),
    "expm1": ("expm1(z)", expm1, exp, exp, 0),
    "sqrt": ("sqrt(z)", lambda z: nan if z < 0 else math.sqrt(z), lambda z: nan if z < 0 else over(0.5, math.sqrt(z)), None, 0),
    "abs": ("abs(z)", abs, sign, None, 0),
    "sign": ("sign(z)", sign, lambda z: 0, None, 0),
    "tanh": ("tanh(z)", math.tanh, lambda z: over(1, math.cosh(z) ** 2) if abs(z) < 300 else 0,
             lambda z: -2 * math.tanh(z) * over(1, math.cosh(z) ** 2) if abs(z) < 300 else 0, 20),
    "sin": ("sin(z)", math.sin, math.cos, lambda z: -math.sin(z), 1),
    "cos": ("cos(z)", math.cos, lambda z: -math.sin(z), lambda z: -math.cos(z), 1),
    "floor": ("floor(z)", math.floor, lambda z: 0, None, 0),
    "ceil": ("ceil(z)", math.ceil, lambda z: 0, None, 0),
    "erf": ("erf(z)", math.erf, lambda z: 2 / math.sqrt(math.pi) * exp(-z * z), lambda z: -4 / math.sqrt(math.pi) * z * exp(-z * z), 0),
    "pow": ("z^3", lambda z: z ** 3, lambda z: 3 * z * z, lambda z: 6 * z, 0),
    "pow 1": ("z^1", lambda z: z, lambda z: 1, lambda z: 0, 0),
    "pow 0": ("z^0", lambda z: 1, lambda z: 0, lambda z: 0, 0),
    "pow 2": ("z^2", lambda z: z * z, lambda z: 2 * z, lambda z: 2, 0),
    "pow 1.5": ("abs(z)^1.5", lambda z: abs(z) ** 1.5, lambda z: sign(z) * 1.5 * abs(z) ** 0.5, None, 0),
    "clamp": ("clamp(z, -1, 2)", lambda z: min(2, max(-1, z)), lambda z: -1 <= z <= 2, None, 0),
    "identity": ("identity(z)", lambda z: z, lambda z: 1, lambda z: 0, 0),
    "l1": ("l1(z)", abs, sign, None, 0),
    "l2": ("l2(z)", lambda z: z * z / 2, lambda z: z, lambda z: 1, 0),
    "elastic": ("elastic(z)", lambda z: abs(z) / 2 + z * z / 4, lambda z: sign(z) / 2 + z / 2, None, 0),
    "lengths_of_units": ("lengths_of_units(z)", abs, sign, None, 0),
    "max_norm": ("max_norm(z, 2)", lambda z: sign(z) * min(abs(z), 2), None, None, 0),
    "element_of": ("element_of(concat(2 * z, 0 * z), 0)", lambda z: 2 * z, lambda z: 2, lambda z: 0, 0),
    "logsumexp": ("logsumexp(concat(z, 0 * z))", softplus, sigmoid, bell, 1),
    "softmax": ("softmax(concat(z, 0 * z))[0]", sigmoid, bell, lambda z: bell(z) * (sigmoid(-z) - sigmoid(z)), 2),
    "log_softmax": ("log_softmax(concat(z, 0 * z))[0]", lambda z: -softplus(-z), lambda z: sigmoid(-z), lambda z: -bell(z), 1),
    "cross_entropy": ("cross_entropy(concat(z, 0 * z), 0)", lambda z: softplus(-z), lambda z: -sigmoid(-z), bell, 1),
    "soft_cross_entropy": ("soft_cross_entropy(concat(z, 0 * z), [1, 0])", lambda z: softplus(-z), lambda z: -sigmoid(-z), bell, 1),
    "sequence_cross_entropy": ("sequence_cross_entropy(reshape(concat(z, 0 * z), [1, 2]), [0])", lambda z: softplus(-z),
                               lambda z: -sigmoid(-z), bell, 1),
    "mean": ("mean(z)", lambda z: z, lambda z: 1, lambda z: 0, 0),
    "var": ("var(concat(z, 0 * z))", lambda z: z * z / 4, lambda z: z / 2, lambda z: 0.5, 0),
}
SHARES = [0, 1e-9, 1e-7, 1e-3, 0.25, 0.5, 0.75, 1 - 1e-3, 1]
LOW, HIGH = 1e-7, 1 - 1e-7


def held(p):
    return min(float(real(HIGH)), max(float(real(LOW)), p))


OF_SHARES = {
    "cross_entropy_probabilities": ("cross_entropy_probabilities(concat(z, 1 - z), 0)", lambda p: -log(max(1e-7, p)),
                                    lambda p: -over(1, p) if p >= 1e-7 else 0, None, 1),
    "binary_cross_entropy 0": ("binary_cross_entropy(z, 0)", lambda p: -log1p(-held(p)), lambda p: over(1, 1 - p) if p < HIGH and p >= LOW else 0,
                               None, 1),
    "binary_cross_entropy 1": ("binary_cross_entropy(z, 1)", lambda p: -log(held(p)), lambda p: -over(1, p) if p < HIGH and p >= LOW else 0, None, 1),
    "erf_inverse": ("erf(erf_inverse(z))", lambda p: p, lambda p: 1 if p < 1 else None, None, -2e-5),
}
TARGETS = [0, 0.25, 1]
PAIRS = [(z, t) for z in POINTS for t in TARGETS] + [(-1, -1), (1, -1), (0, -1), (2, 1), (0.5, -0.5), (1.25, 0.25)]
TWO = {
    "binary_cross_entropy_logits": ("binary_cross_entropy_logits(z, t)", lambda z, t: t * softplus(-z) + (1 - t) * softplus(z),
                                    lambda z, t: (1 - t) * sigmoid(z) - t * sigmoid(-z), lambda z, t: bell(z), 1),
    "mse": ("mse(z, t)", lambda z, t: (z - t) ** 2, lambda z, t: 2 * (z - t), lambda z, t: 2, 0),
    "l1_loss": ("l1_loss(z, t)", lambda z, t: abs(z - t), lambda z, t: sign(z - t), None, 0),
    "huber": ("huber(z, t)", lambda z, t: (z - t) ** 2 / 2 if abs(z - t) <= 1 else abs(z - t) - 0.5,
              lambda z, t: z - t if abs(z - t) <= 1 else sign(z - t), lambda z, t: abs(z - t) <= 1 if abs(abs(z - t) - 1) > 1e-6 else None, 1),
    "perceptron_loss": ("perceptron_loss(z, t)", lambda z, t: max(0, -t * z), lambda z, t: -t if t * z <= 0 else 0, None, 0),
    "hinge": ("hinge(z, t)", lambda z, t: max(0, 1 - t * z), lambda z, t: -t if t * z <= 1 else 0, None, 0),
    "add": ("z + t", lambda z, t: z + t, lambda z, t: 1, lambda z, t: 0, 0),
    "sub": ("z - t", lambda z, t: z - t, lambda z, t: 1, lambda z, t: 0, 0),
    "mul": ("z * t", lambda z, t: z * t, lambda z, t: t, lambda z, t: 0, 0),
    "div": ("z / (t + 2)", lambda z, t: z / (t + 2), lambda z, t: 1 / (t + 2), lambda z, t: 0, 0),
    "rem": ("z % (t + 2)", lambda z, t: rem(z, t + 2), lambda z, t: 1, lambda z, t: 0, 0),
    "rem by": ("(t + 2) % z", lambda z, t: nan if z == 0 else rem(t + 2, z), None, None, 0),
    "max": ("max(t, z)", lambda z, t: max(z, t), lambda z, t: z >= t, None, 0),
    "max first": ("max(z, t)", lambda z, t: max(z, t), lambda z, t: z > t, None, 0),
    "min": ("min(t, z)", lambda z, t: min(z, t), lambda z, t: z <= t, None, 0),
    "select": ("if t > 0.5 then z else 2 * z", lambda z, t: z if t > 0.5 else 2 * z, lambda z, t: 1 if t > 0.5 else 2, lambda z, t: 0, 0),
    "eq": ("z == t", lambda z, t: z == t, lambda z, t: 0, None, 0),
    "ne": ("z != t", lambda z, t: z != t, lambda z, t: 0, None, 0),
    "lt": ("z < t", lambda z, t: z < t, lambda z, t: 0, None, 0),
    "le": ("z <= t", lambda z, t: z <= t, lambda z, t: 0, None, 0),
    "gt": ("z > t", lambda z, t: z > t, lambda z, t: 0, None, 0),
    "ge": ("z >= t", lambda z, t: z >= t, lambda z, t: 0, None, 0),
}

def compare(title, entries, points, both):
    """Value, slope and second derivative of each entry at each point, in one prediction."""
    folder = os.path.join(options.dir, title)
    os.makedirs(folder, exist_ok=True)
    text = []
    arguments = "z: [1], t: [1]" if both else "z: [1]"
    given = "x[0 .. 0], x[1 .. 1]" if both else "x"
    text += ["data d = rows(x: [%d], y: [1]) {" % (2 if both else 1)]
    text += ["  %s -> [0]" % (list(map(float, p)) if both else [float(p)]) for p in points] + ["}"]
    for number, (formula, _, slope, bend, _) in enumerate(entries.values()):
        parts = []
        text.append("fn f%d(%s) = %s" % (number, arguments, formula))
        parts.append("reshape(f%d(%s), [1])" % (number, given))
        if slope:
            text.append("fn d%d(%s) = grad(sum(f%d(%s)), z)" % (number, arguments, number, "z, t" if both else "z"))
            parts.append("d%d(%s)" % (number, given))
        if bend:
            text.append("fn b%d(%s) = grad(sum(d%d(%s)), z)" % (number, arguments, number, "z, t" if both else "z"))
            parts.append("b%d(%s)" % (number, given))
        text.append("model net%d(x: [%d]) -> [%d] { %s }" % (number, 2 if both else 1, len(parts), "concat(%s)" % ", ".join(parts) if parts[1:] else parts[0]))
        text.append('predict net%d on d to "out%d.csv"' % (number, number))
    with open(os.path.join(folder, "program.nn"), "w") as file:
        file.write("\n".join(text) + "\n")
    subprocess.run([options.nnc, "run", "--precision", options.precision, "program.nn"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    unit, tiny, most = float(np.finfo(real).eps), float(np.finfo(real).tiny), float(np.finfo(real).max)
    wrong = []
    for number, (formula, value, slope, bend, near) in enumerate(entries.values()):
        with open(os.path.join(folder, "out%d.csv" % number)) as file:
            found = np.array([list(map(float, row)) for row in list(csv.reader(file))[1:]])
        column = 0
        for kind, exact in [("value", value), ("slope", slope), ("second derivative", bend)]:
            if not exact:
                continue
            for row, point in zip(found, points):
                arguments = [float(real(v)) for v in (point if both else [point])]
                expected = safely(exact)(*arguments)
                if expected is None:
                    continue
                expected, actual = float(expected), row[column]
                if math.isfinite(expected) and abs(expected) > most:
                    expected = math.copysign(inf, expected)
                allowed = 40 * unit * abs(expected) + (near * unit if near >= 0 else -near) + 2 * tiny
                same = math.isnan(actual) if math.isnan(expected) else actual == expected or abs(actual - expected) <= allowed
                if not same:
                    wrong.append("%s of %s at %s: %.9g, not %.9g" % (kind, formula, arguments, actual, expected))
            column += 1
    print("%s: %d functions at %d points, %d wrong" % (title, len(entries), len(points), len(wrong)))
    return wrong


parser = trials.flags()
parser.add_argument("precision", choices=["f32", "f64"])
options = parser.parse_args()
real = np.float32 if options.precision == "f32" else np.float64
problems = compare("one", ONE, POINTS, False) + compare("shares", OF_SHARES, SHARES, False) + compare("two", TWO, PAIRS, True)
names = [name.split()[0] for table in (ONE, OF_SHARES, TWO) for name in table]
trials.complete("activations.nn", "fn", names)
trials.complete("losses.nn", "fn", names, parts=["free_energy", "contrastive_divergence"])
trials.complete("functions.nn", "fn", names, parts=["one_hot", "flatten", "rank", "scale_units", "norm", "difference", "rolling_mean"])
source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "compiler", "dialect", "nn", "NnElementwise.td")
with open(source, encoding="utf-8") as file:
    declared = re.findall(r': Nn_(?:Unary|Binary|Compare|Elementwise)<"(\w+)"', file.read())
missing = [name for name in declared if name not in names]
if missing or len(declared) < 25:
    problems.append("primitives that are not compared: " + ", ".join(missing))
if problems:
    sys.exit("\n".join(problems))
