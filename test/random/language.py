# language.py: the operations of the language, for values of one example or of a batch, implemented with the arrays of arrays.py or
# torch_arrays.py (`use`). Formulas come from LANGUAGE.md and from the papers it names, never from the prelude.
import numpy as np

A = None  # the arrays in use


def use(arrays):
    global A
    A = arrays


class V:
    """An array; `batch` says whether its first axis counts examples."""

    def __init__(self, a, batch=False):
        self.a, self.batch = A.array(a), batch

    shape = property(lambda self: tuple(self.a.shape[self.batch:]))
    rank = property(lambda self: len(self.shape))

    def __add__(u, v): return both(u, v, lambda a, b: a + b)
    def __sub__(u, v): return both(u, v, lambda a, b: a - b)
    def __mul__(u, v): return both(u, v, lambda a, b: a * b)
    def __truediv__(u, v): return both(u, v, lambda a, b: a / b)
    def __neg__(u): return V(-u.a, u.batch)
    def __radd__(v, u): return value(u) + v
    def __rsub__(v, u): return value(u) - v
    def __rmul__(v, u): return value(u) * v
    def __rtruediv__(v, u): return value(u) / v


def value(x):
    return x if isinstance(x, V) else V(x)


def aligned(*values):
    """Their arrays, shaped so that the arrays' broadcasting is the language's: examples line up from the right, the batch stays in front."""
    rank = max(v.rank for v in values)
    return [A.reshape(v.a, (v.a.shape[0],) + (1,) * (rank - v.rank) + v.shape) if v.batch and v.rank < rank else v.a for v in values]


def both(u, v, function):
    u, v = value(u), value(v)
    return V(function(*aligned(u, v)), u.batch or v.batch)


def each(function):
    return lambda v: V(function(v.a), v.batch)


def choose(mask, a, b):
    """`mask` is a function of NumPy arrays, with the values that it is applied to: (function, values)."""
    test, operands = mask
    operands, a, b = [value(o) for o in operands], value(a), value(b)
    *tested, x, y = aligned(*operands, a, b)
    chosen = test(*[A.numpy(t) for t in tested])
    shape = np.broadcast_shapes(chosen.shape, tuple(x.shape), tuple(y.shape))
    return V(A.where(np.broadcast_to(chosen, shape).copy(), A.broadcast(x, shape), A.broadcast(y, shape)),
             any(o.batch for o in operands) or a.batch or b.batch)


def greater(u, v): return (lambda a, b: a > b), (u, v)


# Elementwise -----------------------------------------------------------------------------------------------------------------------------
def exp(v): return each(A.exp)(v)
def log(v): return each(A.log)(v)
def tanh(v): return each(A.tanh)(v)
def sin(v): return each(A.sin)(v)
def cos(v): return each(A.cos)(v)
def sqrt(v): return each(A.sqrt)(v)
def erf(v): return each(A.erf)(v)
def absolute(v): return each(A.abs)(v)
def floor(v): return each(A.floor)(v)
def sign(v): return each(A.sign)(v)
def maximum(u, v): return choose(greater(u, v), u, v)
def minimum(u, v): return choose(greater(v, u), u, v)
def square(v): return v * v
def relu(v): return choose(greater(v, 0.0), v, v * 0.0)
def leaky_relu(v, slope=0.01): return choose(greater(v, 0.0), v, slope * v)
def elu(v, alpha=1.0): return choose(greater(v, 0.0), v, alpha * (exp(choose(greater(v, 0.0), 0.0 * v, v)) - 1.0)) # alpha at 0
def gelu(v): return v * (1.0 + erf(v * 2 ** -0.5)) * 0.5
def swish(v): return v * sigmoid(v)


def softplus(v):
    # Each half of the axis has a formula that is smooth at 0 and never overflows.
    above, below = choose(greater(v, 0.0), v, 0.0 * v), choose(greater(v, 0.0), 0.0 * v, v)
    grow = each(lambda a: A.log1p(A.exp(a)))
    return choose(greater(v, 0.0), above + grow(-1.0 * above), grow(below))


def sigmoid(v):
    return 0.5 + 0.5 * tanh(0.5 * v)


# Shapes ----------------------------------------------------------------------------------------------------------------------------------
def lead(v): return (v.a.shape[0],) if v.batch else ()
def reshape(v, shape): return V(A.reshape(v.a, lead(v) + tuple(shape)), v.batch)
def flatten(v): return reshape(v, (int(np.prod(v.shape)),))
def index(v, *key): return V(v.a[((slice(None),) if v.batch else ()) + key], v.batch)
def transposed(v): return V(A.transpose(v.a, tuple(range(v.a.ndim - 2)) + (v.a.ndim - 1, v.a.ndim - 2)), v.batch)


def batched(v, rows):
    return v if v.batch else V(A.broadcast(v.a, (rows,) + v.shape), True)


def concat(values, axis):
    rows = next((v.a.shape[0] for v in values if v.batch), None)
    if rows is not None:
        values = [batched(v, rows) for v in values]
    return V(A.concat([v.a for v in values], axis % values[0].rank + values[0].batch), values[0].batch)


def stack(values, axis):
    return concat([reshape(v, v.shape[:axis] + (1,) + v.shape[axis:]) for v in values], axis)


def pad(v, low, high):
    zeros = (0,) * v.batch
    return V(A.pad(v.a, zeros + tuple(low), zeros + tuple(high)), v.batch)


def taken(v, axis, positions):
    """The elements at `positions` (NumPy) of one axis."""
    return V(v.a[(slice(None),) * (axis + v.batch) + (np.asarray(positions),)], v.batch)


# Reductions: axes of the example, all by default ---------------------------------------------------------------------------------------------
def axes_of(v, axes):
    axes = range(v.rank) if axes is None else axes
    return tuple(i % v.rank + v.batch for i in axes)


def total(v, axes=None, keep=False): return V(A.sum(v.a, axes_of(v, axes), keep), v.batch) if v.rank else v


def count(v, axes): return int(np.prod([v.a.shape[i] for i in axes_of(v, axes)]))
def mean(v, axes=None, keep=False): return total(v, axes, keep) * (1.0 / count(v, axes))
def var(v, axes=None, keep=False): return mean(square(v - mean(v, axes, True)), axes, keep) if v.rank else v * 0.0


def largest(v, axes=None, keep=False):
    if not v.rank:
        return v
    found = V(A.largest(v.a, axes_of(v, axes)), v.batch)
    return found if keep else total(found, axes)


def smallest(v, axes=None, keep=False): return -largest(-v, axes, keep)


def logsumexp(v, axes=None, keep=False):
    top = V(A.detached(largest(v, axes, True).a), v.batch)
    low = log(total(exp(v - top), axes, True)) + top
    return low if keep else total(low, axes)


def log_softmax(v): return v - logsumexp(v, [-1], True)
def softmax(v): return exp(log_softmax(v))


def batch_sum(v): return V(A.sum(v.a, (0,)))
def batch_mean(v): return batch_sum(v) * (1.0 / v.a.shape[0])


# Products ----------------------------------------------------------------------------------------------------------------------------------
def dense(v, w, b):
    y = V(A.reshape(A.matmul(A.reshape(v.a, (-1, 1) + v.shape), w.a), lead(v) + (w.shape[1],)), v.batch)
    return y + b if b is not None else y


def matmul(u, v): return V(A.matmul(u.a, v.a), u.batch or v.batch)


def conv(v, w, stride=1, dilation=1, groups=1):
    """x [c, h, w], filters [o, c / groups, k, k]: a sum over the window's places."""
    o, part, kh, kw = w.shape
    height = (v.shape[1] - dilation * (kh - 1) - 1) // stride + 1
    width = (v.shape[2] - dilation * (kw - 1) - 1) // stride + 1
    x = v if v.batch else V(A.reshape(v.a, (1,) + v.shape), True)
    rows, result = x.a.shape[0], None
    for i in range(kh):
        for j in range(kw):
            seen = x.a[:, :, i * dilation:i * dilation + (height - 1) * stride + 1:stride,
                       j * dilation:j * dilation + (width - 1) * stride + 1:stride]
            by_group = A.reshape(seen, (rows, groups, part, height * width))
            filters = A.reshape(w.a[:, :, i, j], (1, groups, o // groups, part))
            one = A.matmul(filters, by_group)
            result = one if result is None else result + one
    return V(A.reshape(result, lead(v) + (o, height, width)), v.batch)


def conv_transpose(v, w, stride=1, padding=0, extra=0, dilation=1, groups=1):
    """Each pixel adds its multiple of the filters [o, c / groups, k, k] to a window of the output."""
    o, part, kh, kw = w.shape
    c, h, wide = v.shape
    x = v if v.batch else V(A.reshape(v.a, (1,) + v.shape), True)
    rows = x.a.shape[0]
    full_h, full_w = stride * (h - 1) + dilation * (kh - 1) + 1 + extra, stride * (wide - 1) + dilation * (kw - 1) + 1 + extra
    result = None
    for i in range(kh):
        for j in range(kw):
            filters = A.reshape(w.a[:, :, i, j], (1, groups, o // groups, part))
            one = A.reshape(A.matmul(filters, A.reshape(x.a, (rows, groups, part, h * wide))), (rows, o, h, wide))
            # Spread: zeros between the pixels, by a reshape of pairs with zeros.
            spread = A.reshape(one, (rows, o, h, 1, wide, 1))
            spread = A.pad(spread, (0,) * 6, (0, 0, 0, stride - 1, 0, stride - 1))
            spread = A.reshape(spread, (rows, o, h * stride, wide * stride))[:, :, :stride * (h - 1) + 1, :stride * (wide - 1) + 1]
            top, left = i * dilation, j * dilation
            placed = A.pad(spread, (0, 0, top, left), (0, 0, full_h - spread.shape[2] - top, full_w - spread.shape[3] - left))
            result = placed if result is None else result + placed
    result = result[:, :, padding:full_h - padding, padding:full_w - padding]
    return V(A.reshape(result, lead(v) + tuple(result.shape[1:])), v.batch)


def windows(v, size, stride):
    """[c, h, w] -> [c, h', w', size * size]"""
    height, width = (v.shape[1] - size) // stride + 1, (v.shape[2] - size) // stride + 1
    parts = [index(v, slice(None), slice(i, i + (height - 1) * stride + 1, stride), slice(j, j + (width - 1) * stride + 1, stride))
             for i in range(size) for j in range(size)]
    return stack(parts, 3)


# Layers with states or several parameters ----------------------------------------------------------------------------------------------------
def channels(p, v):
    """A parameter [c] beside x [c, ...]."""
    return reshape(p, p.shape + (1,) * (v.rank - 1))


def batch_norm(v, gamma, beta, mean_, var_, training, eps=1e-5):
    """The result and, while training, the batch's mean, variance and the count of their numbers."""
    if not training:
        return channels(gamma, v) * (v - channels(mean_, v)) / sqrt(channels(var_, v) + eps) + channels(beta, v), None
    axes = (0,) + tuple(range(2, v.a.ndim))
    number = int(np.prod([v.a.shape[i] for i in axes]))
    m = V(A.sum(v.a, axes, True) * (1.0 / number), True)
    centred = v - V(A.reshape(m.a, (m.a.shape[1],) + (1,) * (v.rank - 1)))
    variance = V(A.reshape(A.sum(centred.a * centred.a, axes, True) * (1.0 / number), (v.shape[0],)))
    result = channels(gamma, v) * centred / sqrt(channels(variance, v) + eps) + channels(beta, v)
    return result, (np.array(A.numpy(m.a)).reshape(-1), np.array(A.numpy(variance.a)), number)


def layer_norm(v, gamma, beta, eps=1e-5):
    return gamma * (v - mean(v)) / sqrt(var(v) + eps) + beta


def group_norm(v, groups, gamma, beta, eps=1e-5):
    g = reshape(v, (groups, int(np.prod(v.shape)) // groups))
    unit = (g - mean(g, [-1], True)) / sqrt(var(g, [-1], True) + eps)
    return channels(gamma, v) * reshape(unit, v.shape) + channels(beta, v)


# Losses ------------------------------------------------------------------------------------------------------------------------------------
def one_hot(labels, n):
    """For a NumPy array with the class numbers of a batch."""
    return V((np.asarray(labels)[..., None] == np.arange(n)) * 1.0, True)


def cross_entropy(z, labels): return logsumexp(z, [-1]) - total(z * one_hot(labels, z.shape[-1]), [-1])
def mse(p, t): return mean(square(p - t))
def l1_loss(p, t): return mean(absolute(p - t))
def bce_logits(z, t): return mean(softplus(z) - z * t)
def hinge(z, t): return mean(relu(1.0 - t * z))
def perceptron(z, t): return mean(relu(-(t * z)))


def bce(p, t):
    q = minimum(maximum(p, 1e-7), 1 - 1e-7)
    return -mean(t * log(q) + (1.0 - t) * log(1.0 - q))


def huber(p, t, delta=1.0):
    d = absolute(p - t)
    return mean(choose(greater(d, delta), delta * (d - delta / 2), square(d) * 0.5))


def gradient(y, x):
    """d y / d x for each example: y is one number for each, and examples do not depend on one another."""
    number = V(A.sum(y.a, (0,))) if y.batch else y
    return V(A.gradients(number.a, [x.a], True)[0], x.batch)
