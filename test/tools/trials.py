# trials.py: what tests share that compute nnc's results again: the flags --nnc and --dir, and a program run in a folder of its own.
import argparse
import os
import subprocess

from safetensors import load


def flags():
    """A parser of --nnc and --dir, to which more may be added."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--nnc", required=True, type=os.path.abspath)
    parser.add_argument("--dir", required=True)
    return parser


def run(nnc, folder, text):
    """Runs the program `text` in `folder`. What is returned gives the tensors that it saved as NAME.safetensors, by NAME."""
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "program.nn"), "w") as file:
        file.write(text)
    subprocess.run([nnc, "run", "program.nn"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return lambda name: load(os.path.join(folder, name + ".safetensors"))
