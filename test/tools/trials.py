# trials.py: code shared by tests that recompute nnc's results: the flags --nnc and --dir, running a program in its own folder, and the
# check that all declarations of a kind in the prelude are compared.
import argparse
import os
import re
import subprocess
import sys

from safetensors import load


def flags():
    """A parser of --nnc and --dir, to which more may be added."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--nnc", required=True, type=os.path.abspath)
    parser.add_argument("--dir", required=True)
    return parser


def complete(file, keyword, texts, parts=(), which=r"\w+"):
    """Ends the test if the prelude's `file` declares a `keyword` that none of `texts` names. `parts` are not compared by themselves, because
    others in `file` use them; `which`: a pattern of the names that count."""
    place = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "compiler", "prelude", file)
    with open(place, encoding="utf-8") as text:
        declared = re.findall(r"^%s (%s)\b" % (keyword, which), text.read(), re.M)
    compared = {name for text in texts for name in re.findall(r"\w+", text)}
    missing = [name for name in declared if name not in compared and name not in parts]
    if not declared or missing or any(name not in declared for name in parts):
        sys.exit("prelude/%s: %s" % (file, "not compared with NumPy: " + ", ".join(missing) if missing else "what is to be compared is not there"))


def run(nnc, folder, text, *flags):
    """Runs the program `text` in `folder`. Returns a function that gives the tensors saved as NAME.safetensors, by NAME."""
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "program.nn"), "w") as file:
        file.write(text)
    subprocess.run([nnc, "run", *flags, "program.nn"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return lambda name: load(os.path.join(folder, name + ".safetensors"))
