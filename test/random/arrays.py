# arrays.py: f64 arrays that know how they were computed, and derivatives of them to any order. Every rule for a derivative is itself
# written in these operations. It shares nothing with nnc, needs only NumPy, and replaces PyTorch where that is not available;
# torch_arrays.py offers the same names on top of PyTorch.
import math

import numpy as np

name = "NumPy"
_erf = np.vectorize(math.erf, otypes=[float])


class Array:
    """A value; `parents` are pairs of an operand and the function that turns the value's gradient into the operand's."""

    def __init__(self, value, parents=()):
        self.value = np.asarray(value, dtype=np.float64)
        self.parents = parents

    shape = property(lambda self: self.value.shape)
    ndim = property(lambda self: self.value.ndim)

    def __add__(a, b): return binary(a, b, np.add, lambda g, a, b: g, lambda g, a, b: g)
    def __sub__(a, b): return binary(a, b, np.subtract, lambda g, a, b: g, lambda g, a, b: -g)
    def __mul__(a, b): return binary(a, b, np.multiply, lambda g, a, b: g * b, lambda g, a, b: g * a)
    def __truediv__(a, b): return binary(a, b, np.divide, lambda g, a, b: g / b, lambda g, a, b: -g * a / (b * b))
    def __neg__(self): return Array(-self.value, [(self, lambda g: -g)])
    def __radd__(self, other): return array(other) + self
    def __rsub__(self, other): return array(other) - self
    def __rmul__(self, other): return array(other) * self
    def __rtruediv__(self, other): return array(other) / self
    def __matmul__(self, other): return matmul(self, other)

    def __getitem__(self, index):
        shape = self.shape
        return Array(self.value[index], [(self, lambda g: _placed(g, index, shape))])


def array(value):
    return value if isinstance(value, Array) else Array(value)


def numpy(x):
    return x.value


def binary(a, b, function, left, right):
    a, b = array(a), array(b)
    return Array(function(a.value, b.value), [(a, lambda g: sum_to(left(g, a, b), a.shape)), (b, lambda g: sum_to(right(g, a, b), b.shape))])


def sum_to(x, shape):
    """x summed over the axes that broadcasting `shape` to x's added or stretched."""
    extra = x.ndim - len(shape)
    axes = tuple(range(extra)) + tuple(extra + i for i, n in enumerate(shape) if n == 1 and x.shape[extra + i] != 1)
    return reshape(sum(x, axes), shape) if axes else x


def unary(x, value, slope):
    return Array(value, [(x, lambda g: g * slope())])


def exp(x):
    result = Array(np.exp(x.value))
    result.parents = [(x, lambda g: g * result)]
    return result


def tanh(x):
    result = Array(np.tanh(x.value))
    result.parents = [(x, lambda g: g * (1 - result * result))]
    return result


def sqrt(x):
    result = Array(np.sqrt(x.value))
    result.parents = [(x, lambda g: g * 0.5 / result)]
    return result


def log(x): return unary(x, np.log(x.value), lambda: 1 / x)
def log1p(x): return unary(x, np.log1p(x.value), lambda: 1 / (1 + x))
def sin(x): return unary(x, np.sin(x.value), lambda: cos(x))
def cos(x): return unary(x, np.cos(x.value), lambda: -sin(x))
def erf(x): return unary(x, _erf(x.value), lambda: 2 / math.sqrt(math.pi) * exp(-x * x))
def abs(x): return unary(x, np.abs(x.value), lambda: np.sign(x.value))
def floor(x): return Array(np.floor(x.value))
def sign(x): return Array(np.sign(x.value))
def detached(x): return Array(x.value)


def where(mask, a, b):
    """`mask` is a NumPy array; elements that it does not choose get no gradient."""
    a, b = array(a), array(b)
    zero = np.zeros(np.broadcast_shapes(mask.shape, a.shape, b.shape))
    return Array(np.where(mask, a.value, b.value),
                 [(a, lambda g: sum_to(where(mask, g, zero), a.shape)), (b, lambda g: sum_to(where(mask, zero, g), b.shape))])


def sum(x, axes=None, keep=False):
    axes = tuple(range(x.ndim)) if axes is None else tuple(i % x.ndim for i in axes)
    kept = tuple(1 if i in axes else n for i, n in enumerate(x.shape))
    return Array(x.value.sum(axes, keepdims=keep), [(x, lambda g: broadcast(reshape(g, kept), x.shape))])


def largest(x, axes):
    """The maximum over some axes, kept with size 1; if several are largest, the first gets the gradient."""
    axes = tuple(i % x.ndim for i in axes)
    rest = [i for i in range(x.ndim) if i not in axes]
    moved = np.transpose(x.value, rest + list(axes)).reshape([x.shape[i] for i in rest] + [-1])
    first = np.zeros(moved.shape)
    np.put_along_axis(first, moved.argmax(-1)[..., None], 1, -1)
    mask = np.transpose(first.reshape([x.shape[i] for i in rest] + [x.shape[i] for i in axes]), np.argsort(rest + list(axes)))
    return sum(where(mask > 0, x, np.zeros(x.shape)), axes, True)


def broadcast(x, shape):
    return Array(np.broadcast_to(x.value, shape), [(x, lambda g: sum_to(g, x.shape))])


def reshape(x, shape):
    return Array(x.value.reshape(shape), [(x, lambda g: reshape(g, x.shape))])


def transpose(x, axes):
    back = tuple(np.argsort(axes))
    return Array(x.value.transpose(axes), [(x, lambda g: transpose(g, back))])


def matmul(a, b):
    """The matrix product of two arrays with at least two axes."""
    def swapped(x): return transpose(x, tuple(range(x.ndim - 2)) + (x.ndim - 1, x.ndim - 2))
    return Array(a.value @ b.value, [(a, lambda g: sum_to(matmul(g, swapped(b)), a.shape)), (b, lambda g: sum_to(matmul(swapped(a), g), b.shape))])


def concat(parts, axis):
    ends = np.cumsum([p.shape[axis] for p in parts])
    def piece(i): return (slice(None),) * axis + (slice(ends[i] - parts[i].shape[axis], ends[i]),)
    return Array(np.concatenate([p.value for p in parts], axis), [(p, lambda g, i=i: g[piece(i)]) for i, p in enumerate(parts)])


def _placed(g, index, shape):
    """g's elements added to zeros of `shape` at `index`: the transpose of indexing."""
    value = np.zeros(shape)
    np.add.at(value, index, g.value)
    return Array(value, [(g, lambda h: h[index])])


def pad(x, low, high):
    """Zeros before and after each axis."""
    index = tuple(slice(l, l + n) for l, n in zip(low, x.shape))
    shape = tuple(n + l + h for n, l, h in zip(x.shape, low, high))
    return _placed(x, index, shape)


def gradients(y, xs, keep=False):
    """d y / d each of xs; `y` is one number. `keep` is for PyTorch: here a gradient can always be differentiated again."""
    order, seen, stack = [], set(), [(y, False)]
    while stack:
        node, done = stack.pop()
        if done:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack.extend((p, False) for p, _ in node.parents)
    slopes = {id(y): Array(np.ones(y.shape))}
    wanted = {id(x) for x in xs}
    reaches = set(wanted)
    for node in order:  # operands come first; nodes that depend on no x need no gradient
        if any(id(p) in reaches for p, _ in node.parents):
            reaches.add(id(node))
    for node in reversed(order):
        g = slopes.get(id(node))
        if g is None or id(node) not in reaches:
            continue
        for parent, rule in node.parents:
            if id(parent) in reaches:
                part = rule(g)
                slopes[id(parent)] = slopes[id(parent)] + part if id(parent) in slopes else part
    return [slopes.get(id(x), Array(np.zeros(x.shape))) for x in xs]
