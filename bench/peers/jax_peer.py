"""JAX: jax_peer.py MODEL DATA jit|scan. How many threads XLA uses follows from the processors that this process may use."""
import functools
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), os.pardir, "harness"))
letter, folder, variant = sys.argv[1:]

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

import data
import models
import wire

model = models.MODELS[letter]


def initial(key):
    """Parameters and running statistics of each layer that has any, with the initial weights of nnc's standard library.
    Images are NHWC, which XLA prefers on CPUs."""
    parameters, statistics, shape = [], [], model.shape
    for layer in model.layers:
        key, own = jax.random.split(key)
        weights, running = {}, {}
        if isinstance(layer, (models.Dense, models.Conv)):
            if isinstance(layer, models.Dense):
                window, fan_in, fan_out = (), shape[0], layer.units
                shape = (layer.units,)
            else:
                window = (layer.kernel, layer.kernel)
                fan_in, fan_out = shape[0] * layer.kernel**2, layer.channels * layer.kernel**2
                channels = shape[0]
                shape = (layer.channels, *(side + 2 * layer.padding - layer.kernel + 1 for side in shape[1:]))
            size = (fan_in, fan_out) if not window else (*window, channels, layer.channels)
            bound = (6 / (fan_in + fan_out)) ** 0.5
            weights = {"w": jax.random.uniform(own, size, minval=-bound, maxval=bound), "b": jnp.zeros(size[-1])}
        elif isinstance(layer, models.MaxPool):
            shape = (shape[0], *(side // layer.size for side in shape[1:]))
        elif layer == models.BATCH_NORM:
            weights = {"gamma": jnp.ones(shape[0]), "beta": jnp.zeros(shape[0])}
            running = {"mean": jnp.zeros(shape[0]), "var": jnp.ones(shape[0])}
        elif layer == models.FLATTEN:
            shape = (shape[0] * shape[1] * shape[2],)
        parameters.append(weights)
        statistics.append(running)
    return parameters, statistics


def forward(parameters, statistics, x, key):
    kept = []
    for layer, own, running in zip(model.layers, parameters, statistics):
        if isinstance(layer, models.Dense):
            x = x @ own["w"] + own["b"]
        elif isinstance(layer, models.Conv):
            padding = [(layer.padding, layer.padding)] * 2
            x = lax.conv_general_dilated(x, own["w"], (1, 1), padding, dimension_numbers=("NHWC", "HWIO", "NHWC")) + own["b"]
        elif isinstance(layer, models.MaxPool):
            n, h, w, c = x.shape
            x = x.reshape(n, h // layer.size, layer.size, w // layer.size, layer.size, c).max((2, 4))
        elif isinstance(layer, models.Dropout):
            key, mine = jax.random.split(key)
            x = jnp.where(jax.random.bernoulli(mine, 1 - layer.p, x.shape), x / (1 - layer.p), 0)
        elif layer == models.BATCH_NORM:
            axes = tuple(range(x.ndim - 1))
            mean, var = x.mean(axes), x.var(axes)
            running = {"mean": 0.9 * running["mean"] + 0.1 * mean, "var": 0.9 * running["var"] + 0.1 * var}
            x = own["gamma"] * (x - mean) * lax.rsqrt(var + 1e-5) + own["beta"]
        elif layer == models.FLATTEN:
            x = x.reshape(x.shape[0], -1)
        else:
            x = {models.RELU: jax.nn.relu, models.TANH: jnp.tanh}[layer](x)
        kept.append(running)
    return x, kept


def mean_loss(parameters, statistics, x, y, key):
    z, kept = forward(parameters, statistics, x, key)
    if model.loss == "binary_cross_entropy_logits":
        return (jnp.maximum(z, 0) - z * y + jnp.log1p(jnp.exp(-jnp.abs(z)))).mean(), kept
    return (jax.nn.logsumexp(z, axis=-1) - jnp.take_along_axis(z, y[:, None], axis=-1)[:, 0]).mean(), kept


def update(parameters, gradients, memory, t):
    """The optimizer; `memory` is a tuple of trees like the parameters."""
    each = functools.partial(jax.tree.map, is_leaf=lambda leaf: leaf is None)
    if model.optimizer == "adam":
        m = each(lambda m, g: 0.9 * m + 0.1 * g, memory[0], gradients)
        v = each(lambda v, g: 0.999 * v + 0.001 * g * g, memory[1], gradients)
        first, second = 1 - 0.9**t, 1 - 0.999**t
        return each(lambda p, m, v: p - model.lr * (m / first) / (jnp.sqrt(v / second) + 1e-8), parameters, m, v), (m, v)
    if model.optimizer == "momentum":
        v = each(lambda v, g: 0.9 * v + g, memory[0], gradients)
        return each(lambda p, v: p - model.lr * v, parameters, v), (v,)
    return each(lambda p, g: p - model.lr * g, parameters, gradients), ()


def train(state, x, y, key):
    parameters, statistics, memory, t = state
    t = t + 1
    (loss, statistics), gradients = jax.value_and_grad(mean_loss, has_aux=True)(parameters, statistics, x, y,
                                                                                 jax.random.fold_in(key, t))
    parameters, memory = update(parameters, gradients, memory, t.astype(jnp.float32))
    return (parameters, statistics, memory, t), loss


class Trainer:
    def __init__(self):
        x, y = data.tensors(model, folder)
        if model.convolutional:
            x = x.transpose(0, 2, 3, 1)
        self.x, self.y = jnp.asarray(x), jnp.asarray(y if model.data == "xor" else y.astype(np.int32))
        key, begin = jax.random.split(jax.random.key(0, impl="rbg"))  # XLA's own generator: the fastest for dropout
        parameters, statistics = initial(begin)
        zeros = lambda: jax.tree.map(jnp.zeros_like, parameters)
        memory = {"adam": lambda: (zeros(), zeros()), "momentum": lambda: (zeros(),), "sgd": lambda: ()}[model.optimizer]()
        self.state = parameters, statistics, memory, jnp.int32(0)
        self.all = len(y) == model.batch
        self.chunk = model.scan if variant == "scan" else 1
        self.steps_per_epoch = len(y) // model.batch // self.chunk * self.chunk if not self.all else self.chunk
        self.next = self.steps_per_epoch
        self.random = np.random.default_rng(0)
        self.order = jnp.zeros((1, 1), jnp.int32)
        batch, chunk = model.batch, self.chunk
        # In a loop XLA runs convolutions by a slow general path, 25 times slower: there the steps are written out one after another.
        unroll = model.convolutional

        def one(state, rows, x, y):
            return train(state, x, y, key) if self.all else train(state, x[rows], y[rows], key)

        @functools.partial(jax.jit, donate_argnums=0)
        def jitted(state, x, y, order, i):
            return one(state, None if self.all else lax.dynamic_index_in_dim(order, i, keepdims=False), x, y)

        @functools.partial(jax.jit, donate_argnums=0)
        def scanned(state, x, y, order, i):
            if self.all:
                return lax.scan(lambda state, _: one(state, None, x, y), state, None, length=chunk, unroll=unroll)
            rows = lax.dynamic_slice_in_dim(order, i, chunk)
            return lax.scan(lambda state, rows: one(state, rows, x, y), state, rows, unroll=unroll)

        self.call = scanned if variant == "scan" else jitted

    def advance(self):
        if self.next == self.steps_per_epoch:
            if not self.all:
                order = self.random.permutation(len(self.y)).astype(np.int32)
                self.order = jnp.asarray(order[:self.steps_per_epoch * model.batch].reshape(-1, model.batch))
            self.next = 0
        self.state, loss = self.call(self.state, self.x, self.y, self.order, self.next)
        self.next += self.chunk
        return loss

    def run(self, steps):
        for _ in range(steps // self.chunk):
            self.advance()
        jax.block_until_ready(self.state)

    def learn(self, steps):
        return float(np.mean([np.mean(self.advance()) for _ in range(steps // self.chunk)]))


# XLA flushes denormal numbers to zero by itself; that it did is seen on numbers that are not known when it compiles.
if float(jax.jit(jnp.multiply)(jnp.float32(1e-30), jnp.float32(1e-10))) != 0:
    sys.exit("denormal numbers are not flushed to zero")
wire.serve(Trainer())
