# initializers.py --nnc NNC --dir DIR: draws a matrix and a filter bank with each initializer of the prelude and compares mean, standard
# deviation, bounds and, for `orthogonal`, singular values with its definition.
import math
import os
import sys

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools"))
import trials

options = trials.flags().parse_args()
FITTED = ["lsuv", "data_dependent"]  # to the first batch: fit.py compares these

# A normal distribution truncated at two standard deviations: its standard deviation is this fraction of the full one's.
DENSITY = math.exp(-2) / math.sqrt(2 * math.pi)
CUT = math.sqrt(1 - 4 * DENSITY / math.erf(math.sqrt(2)))


def walk(fan_in):
    return math.sqrt(2 / fan_in) * math.exp(1.2 / (max(fan_in, 6) - 2.4))


# For each: mean, standard deviation and largest absolute value (None: none), as functions of the fans.
DISTRIBUTIONS = {
    "zeros": lambda i, o: (0, 0, 0),
    "ones": lambda i, o: (1, 0, 1),
    "constant(0.3)": lambda i, o: (0.3, 0, 0.3),
    "normal(0.02)": lambda i, o: (0, 0.02, None),
    "uniform(low = -1, high = 3)": lambda i, o: (1, 4 / math.sqrt(12), 3),
    "truncated_normal(0.1)": lambda i, o: (0, 0.1 * CUT, 0.2),
    "xavier": lambda i, o: (0, math.sqrt(1 / i), None),
    "lecun": lambda i, o: (0, math.sqrt(1 / i), None),
    "he": lambda i, o: (0, math.sqrt(2 / i), None),
    "glorot": lambda i, o: (0, math.sqrt(2 / (i + o)), math.sqrt(6 / (i + o))),
    "random_walk": lambda i, o: (0, walk(i), None),
    "orthogonal(1.5)": None,
}


def tensors(init):
    """A matrix [300, 500] and filters [64, 16, 5, 5]."""
    saved = trials.run(options.nnc, options.dir, """data d = rows(x: [300], y: [1]) { [%s] -> [0] }
model net(x: [300]) -> [1] {
  x |> dense(500, weights = %s) as matrix |> dense(1296)
    |> reshape([16, 9, 9]) |> conv(64, kernel = 5, weights = %s) as filters |> flatten |> dense(1)
}
save net to "drawn.safetensors"
""" % (", ".join(["0"] * 300), init, init))
    drawn = saved("drawn")
    return [(drawn["matrix.w"], 300, 500), (drawn["filters.w"], 16 * 25, 64 * 25)]


trials.complete("initializers.nn", "init", [*DISTRIBUTIONS, *FITTED])
failed = False
for init, distribution in DISTRIBUTIONS.items():
    for x, fan_in, fan_out in tensors(init):
        if distribution is None:
            values = np.linalg.svd(x.reshape(len(x), -1), compute_uv=False)
            good = np.abs(values - 1.5).max() < 1.5e-5
            print("%-28s %-16s singular values %.7f … %.7f" % (init, list(x.shape), values.min(), values.max()))
        else:
            mean, deviation, most = distribution(fan_in, fan_out)
            # Five standard errors: of a mean, and of a standard deviation (at most that of a normal distribution). A constant is
            # rounded to f32.
            error, rounding = 5 * deviation / math.sqrt(x.size), abs(mean) * 2**-24
            good = abs(x.mean() - mean) <= error + rounding and abs(x.std() - deviation) <= error / math.sqrt(2) + rounding
            good &= most is None or np.abs(x).max() <= most * (1 + 2**-22)
            print("%-28s %-16s mean %9.6f of %9.6f, deviation %.6f of %.6f, largest %.6f"
                  % (init, list(x.shape), x.mean(), mean, x.std(), deviation, np.abs(x).max()))
        if not good:
            failed = True
            print("^ is not what `%s` should draw" % init)
sys.exit(failed)
