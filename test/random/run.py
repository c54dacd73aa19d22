# run.py --nnc NNC --dir DIR [--first SEED] [--count N] [--arrays torch|numpy]: trains random networks with nnc and with formulas in f64,
# and compares them.
#
# A program saves its weights, trains, saves them again and predicts. The reference starts with the weights that nnc drew, takes the same
# steps, and must reach the same weights and outputs, to 1e-9 relative to a tensor's largest element. If rounding alone can cause more,
# which a second run of the reference from weights that are off by 1e-14 shows, thirty times that change is allowed, and the network is
# counted as ill-conditioned. A program that nnc rejects is also a difference, because every program is valid.
import argparse
import concurrent.futures
import os
import subprocess
import sys

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "tools")]
import language
import safetensors

TOLERANCE = 1e-9
NUDGE = 1e-14


def nnc(program, folder, options):
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "program.nn")
    with open(path, "w") as file:
        file.write(program.text)
    command = [options.nnc, "run", "--precision", "f64", "--lints=off", path, "--threads", str(1 + program.seed % 2)]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)
    except subprocess.TimeoutExpired:
        return "nnc did not end within 60 s"
    if done.returncode != 0:
        return "nnc ended with %d: %s" % (done.returncode, done.stderr.strip()[:600])
    return None


def saved(folder, when, program):
    tensors = {"net." + name: value for name, value in safetensors.load(os.path.join(folder, when + ".safetensors")).items()}
    if program.inner:
        inner = {"inner." + name: value for name, value in safetensors.load(os.path.join(folder, "inner_%s.safetensors" % when)).items()}
        tensors = {**{name: value for name, value in tensors.items() if not name.startswith("net.inner.")}, **inner}
    return tensors


def distance(found, expected):
    """The largest difference, relative to the largest element."""
    if found.shape != expected.shape:
        return np.inf
    if not found.size:
        return 0.0
    both_bad = ~np.isfinite(found) & ~np.isfinite(expected)
    difference = np.abs(np.where(both_bad, 0, found - expected)).max()
    size = np.abs(np.where(np.isfinite(expected), expected, 0)).max()
    return difference / size if size > 1e-6 else difference


def verdict(seed, options):
    import generate
    program = generate.Program(seed)
    folder = os.path.join(options.dir, str(seed))
    failure = nnc(program, folder, options)
    if failure:
        return seed, "differs", failure
    before, after = saved(folder, "before", program), saved(folder, "after", program)
    expected, outputs = program.train(before)
    rng = np.random.default_rng(seed)
    nudged = {name: value * (1 + NUDGE * rng.uniform(-1, 1, value.shape)) for name, value in before.items()}
    sensitive, nudged_outputs = program.train(nudged, lambda shape: NUDGE * rng.uniform(-1, 1, tuple(shape)))
    if not all(np.isfinite(v).all() for v in expected.values()):
        return seed, "not finite", ""
    worst, allowed, where = 0.0, TOLERANCE, ""
    ill = False
    for name in expected:
        d, limit = distance(after[name], expected[name]), max(TOLERANCE, 30 * distance(sensitive[name], expected[name]))
        ill |= limit > TOLERANCE
        if not d <= limit:
            return seed, "differs", "%s by %.1e (%.1e is allowed)" % (name, d, limit)
        worst = max(worst, d)
    table = os.path.join(folder, "out.csv")
    if os.path.exists(table):
        with open(table) as file:
            rows = [[float(c) for c, title in zip(line.split(","), titles) if title.startswith("output")]
                    for titles in [file.readline().strip().split(",")] for line in file]
        # The table is written with the digits of f32.
        d = distance(np.array(rows).reshape(outputs.shape), outputs)
        if not d <= max(2e-6, 30 * distance(nudged_outputs, outputs)):
            return seed, "differs", "what is predicted by %.1e" % d
    return seed, "ill-conditioned" if ill else "agrees", "%.1e" % worst


def checked(seed, options):
    try:
        return verdict(seed, options)
    except Exception as e:
        return seed, "broken", "the reference failed: %r" % e


def start(arrays):
    """Sets, in each process, the arrays with which the reference is computed."""
    if arrays == "torch":
        import torch_arrays as chosen
    else:
        import arrays as chosen
    language.use(chosen)
    np.seterr(all="ignore")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--nnc", required=True)
    parser.add_argument("--dir", required=True)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--arrays", choices=["torch", "numpy"])
    parser.add_argument("--seeds", type=int, nargs="*", help="these, instead of --first and --count")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    options.nnc = os.path.abspath(options.nnc)
    if not options.arrays:
        try:
            import torch
            options.arrays = "torch"
        except ImportError:
            options.arrays = "numpy"
    seeds = options.seeds or range(options.first, options.first + options.count)
    counts = {}
    with concurrent.futures.ProcessPoolExecutor(options.jobs, initializer=start, initargs=(options.arrays,)) as pool:
        for seed, kind, text in pool.map(checked, seeds, [options] * len(seeds)):
            counts[kind] = counts.get(kind, 0) + 1
            if kind in ("differs", "broken"):
                print("seed %d: %s" % (seed, text), flush=True)
    print("%d networks against %s: %s" % (len(seeds), options.arrays, ", ".join("%d %s" % (n, k) for k, n in sorted(counts.items()))))
    if counts.get("differs") or counts.get("broken") or counts.get("ill-conditioned", 0) + counts.get("not finite", 0) > len(seeds) // 10 + 1:
        sys.exit(1)


if __name__ == "__main__":
    main()
