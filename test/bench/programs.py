# programs.py SOURCE BUILD FOLDER: checks of bench/ that need neither its peers nor an idle machine.
import os
import sys

source, build, folder = sys.argv[1:]
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(source, "bench", "harness"))

import models
import peers
import process

# Counted by hand: for b, 2·64·(2·(784·256 + 256·128 + 128·10) + 256·128 + 128·10).
FLOPS = {"a": 224, "b": 64_454_656, "c": 1_224_212_480, "d": 121_208_832, "e": 9_689_825_280, "g": 1_081_606_144}
problems = []
for letter, flops in FLOPS.items():
    counted = models.flops_per_step(models.MODELS[letter])
    if counted != flops:
        problems.append("%s: %d FLOPs a step instead of %d" % (letter, counted, flops))

workshop = peers.Workshop(build, folder, None)
for model in models.MODELS.values():
    workshop.check_program(model)

trainer = workshop.compile_nnc(models.MODELS["a"]) + "_gated"
log = os.path.join(folder, "gate.log")
peer = process.Peer("nnc", [trainer, "--quiet", "--epochs", "1000000000"], {}, os.sched_getaffinity(0), log, 60)
for steps in (1, 1000, 7):
    seconds, _ = peer.run(steps)
    if not 0 < seconds < 60:
        problems.append("%d steps took %g s" % (steps, seconds))
if peer.peak_bytes() < 100_000:
    problems.append("a peak of %d bytes" % peer.peak_bytes())
peer.close()
if peer.steps != 1009 or peer.steps_said() != 1009: # the first one, and three blocks
    problems.append("1009 steps were asked for, %d counted, %s made" % (peer.steps, peer.steps_said()))

print("\n".join(problems))
sys.exit(1 if problems else 0)
