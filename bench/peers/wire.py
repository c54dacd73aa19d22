"""How the peers written in Python talk to the driver: commands on standard input, answers on a pipe of their own.

  first CHUNK          the first step is done; steps come in multiples of CHUNK
  run N → ran S        N steps took S seconds
  learn N → learned L  the mean loss of N steps
"""
import os
import sys
import time


def answer(text):
    os.write(int(os.environ["NNC_BENCH_PIPE"]), (text + "\n").encode())


def serve(trainer):
    """`trainer` has run(n), which returns when n steps are done, learn(n), which returns the mean loss of n steps, and chunk."""
    trainer.run(trainer.chunk)
    answer("first %d" % trainer.chunk)
    for line in sys.stdin:
        command, count = line.split()
        if command == "run":
            begin = time.perf_counter()
            trainer.run(int(count))
            answer("ran %.9f" % (time.perf_counter() - begin))
        elif command == "learn":
            answer("learned %.9g" % trainer.learn(int(count)))
