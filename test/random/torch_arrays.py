# torch_arrays.py: the names of arrays.py on top of PyTorch, in f64.
import numpy as np
import torch

name = "PyTorch " + torch.__version__
torch.set_num_threads(1)
exp, tanh, sqrt, log, log1p, sin, cos, erf, abs, floor, sign = (
    torch.exp, torch.tanh, torch.sqrt, torch.log, torch.log1p, torch.sin, torch.cos, torch.erf, torch.abs, torch.floor, torch.sign)
matmul = torch.matmul


def array(value):
    if isinstance(value, torch.Tensor):
        return value
    return torch.tensor(np.asarray(value, dtype=np.float64), requires_grad=True)


def numpy(x): return x.detach().numpy()
def detached(x): return x.detach()
def where(mask, a, b): return torch.where(torch.from_numpy(np.asarray(mask)), array(a), array(b))
def sum(x, axes=None, keep=False): return torch.sum(x, tuple(range(x.ndim)) if axes is None else tuple(axes), keepdim=keep) if x.ndim else x
def broadcast(x, shape): return x.expand(tuple(shape))
def reshape(x, shape): return torch.reshape(x, tuple(shape))
def transpose(x, axes): return x.permute(tuple(axes))
def concat(parts, axis): return torch.cat(list(parts), axis)


def largest(x, axes):
    axes = sorted(i % x.ndim for i in axes)
    rest = [i for i in range(x.ndim) if i not in axes]
    moved = x.permute(rest + axes).reshape([x.shape[i] for i in rest] + [-1])
    index = torch.from_numpy(moved.detach().numpy().argmax(-1))[..., None]
    kept = [1 if i in axes else n for i, n in enumerate(x.shape)]
    return torch.gather(moved, -1, index).reshape(kept)


def pad(x, low, high):
    pairs = [n for l, h in reversed(list(zip(low, high))) for n in (l, h)]
    return torch.nn.functional.pad(x, pairs)


def gradients(y, xs, keep=False):
    found = torch.autograd.grad(y, xs, create_graph=keep, retain_graph=True, allow_unused=True)
    return [torch.zeros_like(x) if g is None else g for g, x in zip(found, xs)]
