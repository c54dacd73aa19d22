"""The networks that are compared. Each stands three times: in models/*.nn for nnc, here for the peers in Python, and by hand in C
for some. `flops_per_step` and bench/run check what can be checked: the batch and the FLOPs that nnc counts."""
from dataclasses import dataclass


@dataclass(frozen=True)
class Dense:
    units: int


@dataclass(frozen=True)
class Conv:
    channels: int
    kernel: int
    padding: int = 0


@dataclass(frozen=True)
class MaxPool:
    size: int


@dataclass(frozen=True)
class Dropout:
    p: float


RELU, TANH, FLATTEN, BATCH_NORM = "relu", "tanh", "flatten", "batch_norm"


@dataclass(frozen=True)
class Model:
    letter: str
    title: str
    program: str  # in models/
    data: str  # a name of data.py, or "xor"
    shape: tuple  # of one example
    layers: tuple
    optimizer: str  # sgd, momentum (rho = 0.9), adam
    lr: float
    batch: int
    scan: int  # steps in one call of JAX's lax.scan
    learn: int  # epochs after which losses are compared
    loss: str = "cross_entropy"

    @property
    def convolutional(self):
        return len(self.shape) == 3

    @property
    def stem(self):
        return self.program.rsplit(".", 1)[0]


def _block(channels):
    return (Conv(channels, 3, padding=1), BATCH_NORM, RELU)


def _wide(units):
    return (Dense(units), BATCH_NORM, RELU, Dropout(0.5))


MODELS = {
    model.letter: model
    for model in (
        Model("a", "XOR 2-4-1, batch 4, SGD", "xor.nn", "xor", (2,), (Dense(4), TANH, Dense(1)), "sgd", 0.5, 4, 1000, 2000,
              "binary_cross_entropy_logits"),
        Model("b", "MLP 784-256-128-10, batch 64, Adam", "mlp.nn", "digits", (784,),
              (Dense(256), RELU, Dense(128), RELU, Dense(10)), "adam", 1e-3, 64, 64, 3),
        Model("c", "MLP 784-1024-1024-10, batch 128, batch norm, dropout, momentum", "mlp_bn.nn", "digits", (784,),
              _wide(1024) + _wide(1024) + (Dense(10),), "momentum", 0.01, 128, 8, 3),
        Model("d", "LeNet 1×28×28, batch 64, Adam", "lenet.nn", "digits", (1, 28, 28),
              (Conv(8, 5), RELU, MaxPool(2), Conv(16, 5), RELU, MaxPool(2), FLATTEN, Dense(128), RELU, Dense(10)),
              "adam", 1e-3, 64, 4, 3),
        Model("e", "VGG-like 3×32×32, batch 64, batch norm, momentum", "vgg.nn", "pictures", (3, 32, 32),
              _block(32) + _block(32) + (MaxPool(2),) + _block(64) + _block(64) + (MaxPool(2), FLATTEN, Dense(256), RELU, Dense(10)),
              "momentum", 2e-3, 64, 2, 1),
        Model("g", "MLP 512-512-512-512-10, batch 256, SGD", "deep.nn", "rows512", (512,),
              (Dense(512), RELU, Dense(512), RELU, Dense(512), RELU, Dense(10)), "sgd", 0.05, 256, 8, 3),
    )
}


def flops_per_step(model):
    """FLOPs of the contractions of one training step: two for each product forward, as many for the gradient of the weights,
    and as many again for the gradient of the input, but for the first layer, whose input needs none."""
    shape, total, first = model.shape, 0, True
    for layer in model.layers:
        products = 0
        if isinstance(layer, Dense):
            products, shape = shape[0] * layer.units, (layer.units,)
        elif isinstance(layer, Conv):
            size = [side + 2 * layer.padding - layer.kernel + 1 for side in shape[1:]]
            products = layer.channels * size[0] * size[1] * shape[0] * layer.kernel**2
            shape = (layer.channels, *size)
        elif isinstance(layer, MaxPool):
            shape = (shape[0], shape[1] // layer.size, shape[2] // layer.size)
        elif layer == FLATTEN:
            size = 1
            for side in shape:
                size *= side
            shape = (size,)
        if products:
            total += 2 * products * model.batch * (2 if first else 3)
            first = False
    return total
