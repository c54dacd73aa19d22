"""PyTorch: torch_peer.py MODEL DATA THREADS eager|compile nchw|nhwc."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), os.pardir, "harness"))
letter, folder, threads, variant, layout = sys.argv[1:]

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
        loss = getattr(functional, {"cross_entropy": "cross_entropy",
                                    "binary_cross_entropy_logits": "binary_cross_entropy_with_logits"}[model.loss])
        # `fused`: one kernel for each update, the fastest of PyTorch's forms.
        if model.optimizer == "adam":
            self.optimizer = torch.optim.Adam(net.parameters(), lr=model.lr, fused=True)
        else:
            self.optimizer = torch.optim.SGD(net.parameters(), lr=model.lr, momentum=0.9 if model.optimizer == "momentum" else 0,
                                             fused=True)
        self.forward = lambda x, y: loss(net(x), y)
        if variant == "compile":
            self.forward = torch.compile(self.forward)
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

    def step(self):
        loss = self.forward(*self.batch())
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        return loss

    def run(self, steps):
        for _ in range(steps):
            self.step()

    def learn(self, steps):
        return sum(self.step().item() for _ in range(steps)) / steps


if (torch.tensor([1e-30]) * torch.tensor([1e-10])).item() != 0:
    sys.exit("denormal numbers are not flushed to zero")
wire.serve(Trainer())
