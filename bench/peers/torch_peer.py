"""PyTorch: torch_peer.py MODEL DATA THREADS FORM LAYOUT.

FORM is `eager`; `compile-loss`, where forward and backward pass are compiled and the optimizer is PyTorch's own; or
`compile-step`, where the whole step is one compiled function of plain tensors. LAYOUT is nchw or nhwc (channels last)."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), os.pardir, "harness"))
letter, folder, threads, form, layout = sys.argv[1:]

import torch

torch.set_flush_denormal(True)  # of this thread; those that it starts inherit it
torch.set_num_threads(int(threads))
torch.manual_seed(0)

import data
import models
import wire
from torch import nn
from torch.nn import functional

model = models.MODELS[letter]


def build():
    """The layers as PyTorch's modules, with the initial weights of nnc's standard library."""
    layers, shape = [], model.shape
    for layer in model.layers:
        if isinstance(layer, models.Dense):
            layers.append(nn.Linear(shape[0], layer.units))
            shape = (layer.units,)
        elif isinstance(layer, models.Conv):
            layers.append(nn.Conv2d(shape[0], layer.channels, layer.kernel, padding=layer.padding))
            shape = (layer.channels, *(side + 2 * layer.padding - layer.kernel + 1 for side in shape[1:]))
        elif isinstance(layer, models.MaxPool):
            layers.append(nn.MaxPool2d(layer.size))
            shape = (shape[0], *(side // layer.size for side in shape[1:]))
        elif isinstance(layer, models.Dropout):
            layers.append(nn.Dropout(layer.p))
        elif layer == models.BATCH_NORM:
            layers.append((nn.BatchNorm2d if len(shape) == 3 else nn.BatchNorm1d)(shape[0], eps=1e-5, momentum=0.1))
        elif layer == models.FLATTEN:
            layers.append(nn.Flatten())
            shape = (shape[0] * shape[1] * shape[2],)
        else:
            layers.append({models.RELU: nn.ReLU, models.TANH: nn.Tanh}[layer]())
    for layer in layers:
        if isinstance(layer, (nn.Linear, nn.Conv2d)):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)
    return nn.Sequential(*layers)


def whole_step(net, loss):
    """A training step as a function of tensors alone, which the compiler sees from end to end."""
    parameters, buffers = ({name: value.detach() for name, value in named} for named in (net.named_parameters(), net.named_buffers()))
    memory = [{name: torch.zeros_like(value) for name, value in parameters.items()} for _ in range(2)]
    count = torch.zeros(())

    def mean_loss(parameters, x, y):
        return loss(torch.func.functional_call(net, (parameters, buffers), (x,)), y)

    @torch.no_grad()
    def step(x, y):
        gradients, value = torch.func.grad_and_value(mean_loss)(parameters, x, y)
        count.add_(1)
        for name, theta in parameters.items():
            g, m, v = gradients[name], memory[0][name], memory[1][name]
            if model.optimizer == "adam":
                m.mul_(0.9).add_(g, alpha=0.1)
                v.mul_(0.999).addcmul_(g, g, value=0.001)
                theta.sub_(model.lr * (m / (1 - 0.9**count)) / ((v / (1 - 0.999**count)).sqrt() + 1e-8))
            elif model.optimizer == "momentum":
                m.mul_(0.9).add_(g)
                theta.sub_(model.lr * m)
            else:
                theta.sub_(model.lr * g)
        return value

    return torch.compile(step)


def usual_step(net, loss, compiled):
    """The step as it is usually written."""
    # `fused` (one kernel for each update) is the fastest form for Adam and momentum; without a state there is little to fuse.
    if model.optimizer == "adam":
        optimizer = torch.optim.Adam(net.parameters(), lr=model.lr, fused=True)
    else:
        rho = 0.9 if model.optimizer == "momentum" else 0
        optimizer = torch.optim.SGD(net.parameters(), lr=model.lr, momentum=rho, fused=rho > 0)

    def mean_loss(x, y):
        return loss(net(x), y)

    forward = torch.compile(mean_loss) if compiled else mean_loss

    def step(x, y):
        value = forward(x, y)
        optimizer.zero_grad(set_to_none=True)
        value.backward()
        optimizer.step()
        return value

    return step


class Trainer:
    chunk = 1

    def __init__(self):
        x, y = data.tensors(model, folder)
        self.channels_last = layout == "nhwc"
        if self.channels_last:  # rows are gathered in this layout, so that no step converts one
            x = x.transpose(0, 2, 3, 1)
        self.x, self.y = torch.from_numpy(x.copy()), torch.from_numpy(y)
        net = build()
        if self.channels_last:
            net = net.to(memory_format=torch.channels_last)
        loss = {"cross_entropy": functional.cross_entropy,
                "binary_cross_entropy_logits": functional.binary_cross_entropy_with_logits}[model.loss]
        self.step = whole_step(net, loss) if form == "compile-step" else usual_step(net, loss, form == "compile-loss")
        self.order = iter(())
        self.all = len(y) == model.batch

    def batch(self):
        if self.all:
            return self.x, self.y
        rows = next(self.order, None)
        if rows is None:
            whole = len(self.y) // model.batch * model.batch
            self.order = iter(torch.randperm(len(self.y))[:whole].split(model.batch))
            rows = next(self.order)
        x = self.x.index_select(0, rows)
        return x.permute(0, 3, 1, 2) if self.channels_last else x, self.y.index_select(0, rows)

    def run(self, steps):
        for _ in range(steps):
            self.step(*self.batch())

    def learn(self, steps):
        return sum(self.step(*self.batch()).item() for _ in range(steps)) / steps


if (torch.tensor([1e-30]) * torch.tensor([1e-10])).item() != 0:
    sys.exit("denormal numbers are not flushed to zero")
wire.serve(Trainer())
