# predicted.py --nnc NNC --dir DIR PROGRAM …: checks that a trainer's `predict` gives the same as the run's `predict`, to the last bit.
#
# For each program a copy is made that trains only a little, saves each model that is trained at its top level, and each ensemble, and
# predicts with it at its end from a file of new rows. The copy's trainer is run; then `./trainer predict --weights …` reads the same rows.
# Programs are skipped if they have no such model, if their data are not a table, rows or a generator, or if they must not compile; --least
# N: at least N must not be skipped.
import argparse
import os
import random
import re
import shutil
import struct
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

parser = argparse.ArgumentParser(allow_abbrev=False)
parser.add_argument("--nnc", required=True, type=os.path.abspath)
parser.add_argument("--dir", required=True, type=os.path.abspath)
parser.add_argument("--least", type=int, default=1)
parser.add_argument("programs", nargs="+", type=os.path.abspath)
options = parser.parse_args()
GENERATORS = "blobs|moons|circles|spirals"


def rows_of(data, folder, name):
    """The source to predict from as the program names it, and the trainer's input; nothing if they cannot be generated."""
    kind, arguments = re.match(r"\s*(\w+)\(([^)]*)\)", data).groups()
    table = re.search(r'"([^"]+)"', arguments)
    if kind == "csv" and table:
        return 'csv("%s")' % table.group(1), table.group(1)
    if kind == "rows":
        shape = re.search(r"\bx\s*:\s*\[([\d, ]*)\]", arguments)
        shape = shape and [int(n) for n in shape.group(1).replace(" ", "").split(",") if n]
    elif re.fullmatch(GENERATORS, kind):
        dims = re.search(r"\bdims\s*=\s*(\d+)", arguments)
        shape = [int(dims.group(1)) if dims else 2]
    else:
        return None
    if shape is None:
        return None
    size = 1
    for n in shape:
        size *= n
    numbers = [[random.randrange(-64, 65) / 32 for _ in range(size)] for _ in range(7)]  # exact in f32
    header = "{'descr': '<f4', 'fortran_order': False, 'shape': (%s,), }" % ", ".join(str(n) for n in [7] + shape)
    header += " " * (-(len(header) + 11) % 64) + "\n"
    with open(os.path.join(folder, name + ".npy"), "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
        file.write(struct.pack("<%df" % (7 * size), *[n for row in numbers for n in row]))
    with open(os.path.join(folder, name + ".csv"), "w") as file:
        file.writelines(",".join(map(repr, row)) + "\n" for row in numbers)
    return 'npy(x = "%s.npy")' % name, name + ".csv"


def hastened(text):
    """The program, with little training."""
    text = re.sub(r"\b(epochs\s*=\s*)\d[\d_]*(?! *\w*s\b)", r"\g<1>2", text)
    text = re.sub(r"\b(steps\s*=\s*)\d[\d_]*", r"\g<1>4", text)
    return re.sub(r"\b(trials\s*=\s*)\d+", r"\g<1>2", text)


def compare(number_and_path):
    """A message about a program, and how many of its models were compared."""
    number, path = number_and_path
    with open(path, encoding="utf-8") as file:
        text = hastened(file.read())
    code = re.sub(r"#[^\n]*", "", text)
    outside, depth, start = "", 0, 0
    for at, c in enumerate(code):  # the text outside of blocks
        if depth == 0:
            outside += c
        depth += (c == "{") - (c == "}")
    data = {name: rest for name, rest in re.findall(r"^data (\w+)\s*=\s*(.*)", code, re.M)}
    trained = dict((model, on) for model, on in re.findall(r"\btrain (\w+) on (\w+)", outside))
    for ensemble, of, on in re.findall(r"\bensemble (\w+) of (\w+) on (\w+)", outside):
        if of in trained:
            trained[ensemble] = on
    own = re.findall(r"^model (\w+)", outside, re.M)
    folder = os.path.join(options.dir, "%d" % number)
    os.makedirs(folder)
    for name in os.listdir(os.path.dirname(path)):
        if name.endswith(".csv"):
            shutil.copy(os.path.join(os.path.dirname(path), name), folder)
    jobs = []
    for model, on in trained.items():
        known = re.match(r"\s*\w+\([^)]*\)", data.get(on, "")) and (model in own or re.search(r"\bensemble %s\b" % model, outside))
        made = rows_of(data[on], folder, "new_" + on) if known else None
        if made:
            jobs.append((model, made))
    if not jobs:
        return None, 0
    copy = os.path.join(folder, "program.nn")
    with open(copy, "w", encoding="utf-8") as file:
        file.write(text + "\n")
        for model, (rows, _) in jobs:
            file.write('save %s to "%s.weights.safetensors"\npredict %s on %s to "%s.run.csv"\n' % (model, model, model, rows, model))

    def run(*words):
        done = subprocess.run(words, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=600)
        if done.returncode:
            raise RuntimeError("%s\n%s" % (" ".join(words), done.stdout.decode(errors="replace")[-2000:]))

    folders = ["--data", os.path.dirname(path)]
    try:
        run(options.nnc, "program.nn", "--lints=off", "-o", "trainer", *folders)
        run("./trainer", "--quiet", "--threads", "1", *folders)
        for model, (_, rows) in jobs:
            found = rows if os.path.exists(os.path.join(folder, rows)) else os.path.join(os.path.dirname(path), rows)
            run("./trainer", "predict", "--model", model, "--weights", model + ".weights.safetensors", found, "-o", model + ".again.csv", *folders)
            with open(os.path.join(folder, model + ".run.csv"), "rb") as a, open(os.path.join(folder, model + ".again.csv"), "rb") as b:
                first, again = a.read(), b.read()
            if first != again or not first.count(b"\n") > 1:
                return "%s: `%s` predicts otherwise:\n%s\nnot\n%s" % (path, model, again.decode()[:500], first.decode()[:500]), 0
    except RuntimeError as e:
        if subprocess.run([options.nnc, "check", path, "--lints=off"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode:
            return None, 0
        return "%s: %s" % (path, e), 0
    return None, len(jobs)


random.seed(1)
shutil.rmtree(options.dir, ignore_errors=True)
os.makedirs(options.dir)
with ThreadPoolExecutor(2) as pool:
    results = list(pool.map(compare, enumerate(options.programs)))
problems = [text for text, _ in results if text]
print("\n".join(problems))
compared = sum(1 for _, count in results if count)
print("%d programs compared, %d models" % (compared, sum(count for _, count in results)))
sys.exit(1 if problems or compared < options.least else 0)
