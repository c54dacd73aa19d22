"""The time to the first step of model b in the ways a program can be run: from the start of the process to its end, when it stops
after one step. That is a little more than the time to the first step."""
import os
import shutil
import statistics
import subprocess
import time

import models
import peers

RUNS = 7


def seconds(command, environment, before=lambda: None):
    """The median over RUNS runs; the first one, which warms the files up, does not count."""
    times = []
    for _ in range(RUNS + 1):
        before()
        begin = time.perf_counter()
        subprocess.run(command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, check=True)
        times.append(time.perf_counter() - begin)
    return statistics.median(times[1:])


def measure(workshop):
    """Lines of (how it is run, on what data, seconds)."""
    model = models.MODELS["b"]
    trainer, program = workshop.compile_nnc(model), os.path.join(peers.HERE, "models", model.program)
    cache = os.path.join(workshop.folder, "nnc-cache")
    environment, clear = {"NNC_CACHE_DIR": cache}, lambda: shutil.rmtree(cache, ignore_errors=True)
    lines = []
    for name, folder in (("%d rows" % peers.data.ROWS[model.data][0], workshop.data), ("MNIST", workshop.mnist)):
        if folder:
            flags = ["--data", folder, "--max-steps", "1", "--quiet"]
            lines.append(("compiled trainer", name, seconds([trainer, *flags], {})))
            lines.append(("`nnc run`, nothing in its cache", name, seconds([workshop.nnc, "run", program, *flags], environment, clear)))
            lines.append(("`nnc run`, again", name, seconds([workshop.nnc, "run", program, *flags], environment)))
    return lines
