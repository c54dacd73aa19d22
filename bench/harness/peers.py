"""Which peers a model has, how each is built and started."""
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field

import data
import models

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# Both halves of a vector unit, and the freedom with sums and roots that a hand-tuned program would take.
C_FLAGS = ["-O3", "-march=native", "-mprefer-vector-width=512", "-ffast-math", "-fopenmp"]
C_PROGRAMS = {"a": "xor", "b": "mlp_adam", "c": "mlp_bn"}
VERSIONS = ["torch==2.13.0", "jax==0.10.2"]


@dataclass
class Kind:
    """One peer of one model: `group` is the column of the table in which the fastest of its group stands."""

    name: str
    group: str
    command: list
    environment: dict = field(default_factory=dict)

    def prepare(self):
        """Compiled code of earlier runs is forgotten: the time to the first step is that of a program that has never run."""
        if "TORCHINDUCTOR_CACHE_DIR" in self.environment:
            shutil.rmtree(self.environment["TORCHINDUCTOR_CACHE_DIR"], ignore_errors=True)


def tell(text):
    print(text, file=sys.stderr, flush=True)


def execute(command, **options):
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    if result.returncode:
        sys.exit("bench/run: `%s` failed:\n%s" % (" ".join(command), result.stdout))
    return result.stdout


class Workshop:
    """Folders, compiled programs and the Python of the peers. `build` is nnc's build folder, `folder` where everything goes."""

    def __init__(self, build, folder, mnist):
        self.nnc = os.path.join(build, "bin", "nnc")
        for path in (self.nnc, os.path.join(build, "lib", "libnnrt.a")):
            if not os.path.exists(path):
                sys.exit("bench/run: there is no %s; build nnc first (`./bootstrap build`), or say where it is with --build" % path)
        self.folder, self.mnist = folder, None
        self.data, self.bin, self.logs = (os.path.join(folder, name) for name in ("data", "bin", "logs"))
        for path in (self.data, self.bin, self.logs):
            os.makedirs(path, exist_ok=True)
        data.generate(self.data)
        if mnist:
            self.mnist = os.path.join(folder, "mnist")
            os.makedirs(self.mnist, exist_ok=True)
            try:
                data.link_mnist(self.mnist, mnist)
            except FileNotFoundError as error:
                sys.exit("bench/run: --data: %s" % error)
        self.python = None

    def find_python(self, venv):
        """The virtual environment with PyTorch and JAX; made when none is named."""
        if not venv:
            cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
            venv = os.path.join(cache, "nnc-peers")
            if not os.path.exists(os.path.join(venv, "complete")):
                tell("installing %s in %s" % (" and ".join(VERSIONS), venv))
                execute([sys.executable, "-m", "venv", venv])
                execute([os.path.join(venv, "bin", "python"), "-m", "pip", "install", *VERSIONS])
                open(os.path.join(venv, "complete"), "w").close()
        self.python = os.path.join(venv, "bin", "python")
        if not os.path.exists(self.python):
            sys.exit("bench/run: %s is not a virtual environment: it has no bin/python" % venv)

    def compile_c(self, name, *libraries):
        program = os.path.join(self.bin, name)
        execute(["cc", *C_FLAGS, os.path.join(HERE, "peers", name + ".c"), "-o", program, *libraries, "-lz", "-lm"])
        return program

    def compile_nnc(self, model):
        """The trainer as nnc makes it, and the same behind the gate: nnc links with the `c++` of PATH, and for the second trainer
        that is a script which adds the gate to what is linked."""
        source, trainer = os.path.join(HERE, "models", model.program), os.path.join(self.bin, "nnc_" + model.stem)
        compiler, linker = shutil.which("c++") or sys.exit("bench/run: there is no c++ in PATH"), os.path.join(self.bin, "gated")
        os.makedirs(linker, exist_ok=True)
        gate, script = os.path.join(linker, "gate.o"), os.path.join(linker, "c++")
        execute([compiler, "-O2", "-I", os.path.dirname(HERE), "-c", os.path.join(HERE, "peers", "gate.cpp"), "-o", gate])
        with open(script, "w") as file:
            file.write('#!/bin/sh\nexec %s %s "$@"\n' % (shlex.quote(compiler), shlex.quote(gate)))
        os.chmod(script, 0o755)
        self.check_program(model)
        execute([self.nnc, "--data", self.data, source, "-o", trainer])
        execute([self.nnc, "--data", self.data, source, "-o", trainer + "_gated"],
                env={**os.environ, "PATH": linker + os.pathsep + os.environ["PATH"]})
        return trainer

    def check_program(self, model):
        """The program must be the network that the peers train: the same batch and, where the count is the same for everyone, the
        same FLOPs. (nnc computes a convolution's input gradient over a border of zeros, and counts it where it is small.)"""
        source = os.path.join(HERE, "models", model.program)
        plan = execute([self.nnc, "--data", self.data, source, "--emit=plan"])
        batch = re.search(r"batches of (\d+)", plan)
        flops = [int(number.replace(",", "")) for number in re.findall(r"in all +([\d,]+)", plan)]
        expected = models.flops_per_step(model)
        if not batch or int(batch.group(1)) != model.batch or (not model.convolutional and expected not in flops):
            sys.exit("bench/run: %s is not the network of models.py: batch %d, %s FLOPs a step" % (source, model.batch, expected))

    def kinds(self, model, threads, wanted):
        """The peers of a model, nnc first. `wanted`: the families, of nnc, torch, compile, jax and c."""
        script = lambda name: os.path.join(HERE, "peers", name)
        omp = {"OMP_NUM_THREADS": str(threads), "MKL_NUM_THREADS": str(threads)}
        kinds = [Kind("roof", "roof", [self.compile_c("roof")], omp)]
        if "nnc" in wanted:
            gated = [self.compile_nnc(model) + "_gated", "--data", self.data, "--quiet", "--epochs", "1000000000000"]
            kinds.append(Kind("nnc", "nnc", gated))
            if threads > 1:
                kinds.append(Kind("nnc on one thread", "one", gated + ["--threads", "1"]))
        torch = lambda *form: [self.python, script("torch_peer.py"), model.letter, self.data, str(threads), *form]
        if "torch" in wanted:
            kinds.append(Kind("PyTorch eager", "eager", torch("eager", "nchw"), omp))
            if model.convolutional:
                kinds.append(Kind("PyTorch eager, channels last", "eager", torch("eager", "nhwc"), omp))
        if "compile" in wanted:
            for form in ("step", "loss") if model.letter == "e" else ("step",):
                cache = {"TORCHINDUCTOR_CACHE_DIR": os.path.join(self.folder, "inductor-" + form)}
                command = torch("compile-" + form, "nhwc" if model.convolutional else "nchw")
                kinds.append(Kind("torch.compile, %s" % form, "compile", command, {**omp, **cache}))
        if "jax" in wanted:
            for form in ("jit", "scan"):
                kinds.append(Kind("JAX " + form, "jax", [self.python, script("jax_peer.py"), model.letter, self.data, form]))
        if "c" in wanted and model.letter in C_PROGRAMS:
            program = self.compile_c(C_PROGRAMS[model.letter], *(["-ldnnl"] if model.letter != "a" else []))
            kinds.append(Kind("C" if model.letter == "a" else "C + oneDNN", "c", [program, self.data], omp))
        return kinds
