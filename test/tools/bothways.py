# bothways.py --nnc NNC --dir DIR [options] PROGRAM
#
# Runs a program in memory (`nnc run`) and as a compiled trainer, with 1 and 2 threads, and requires the same printed results and
# bit-identical saved weights; then checks the expected results that are given. The first run's output is printed, for FileCheck.
#
# The program is copied into DIR, with `save MODEL to …` added at its end if it saves nothing itself, so that there are weights to compare.
# Files next to the program and next to its folder are linked, so that its data paths are valid.
import argparse
import os
import re
import shutil
import subprocess
import sys
import time

parser = argparse.ArgumentParser(allow_abbrev=False)
parser.add_argument("--nnc", required=True)
parser.add_argument("--dir", required=True, help="working folder; made anew")
parser.add_argument("--ways", default="run1,aot2", help="of run1, run2, aot1, aot2: at least two")
parser.add_argument("--flags", default="", help="flags for every run, such as '--epochs 1'")
parser.add_argument("--compile", default="", help="flags for nnc itself, such as '--cpu x86-64-v3'")
parser.add_argument("--append", default="", help="text to put behind the program")
parser.add_argument("--expect", action="append", default=[], metavar="'NAME OP NUMBER'",
                    help="the last value printed for NAME, such as 'accuracy >= 0.98' or 'net([0, 1]) > 0.5'")
parser.add_argument("--strip-times", action="store_true", help="print the output without its times")
parser.add_argument("--output-only", action="store_true", help="the program saves no weights: its output is compared alone")
parser.add_argument("program")
options = parser.parse_args()

# The time limit of a run; tests take seconds, so a run that takes this long hangs.
LIMIT = 1500


def fail(message):
    sys.stdout.flush()
    sys.exit("bothways.py: " + message)


def prepare(program, folder):
    """The folder tree with the copy of the program; returns the copy's path."""
    shutil.rmtree(folder, ignore_errors=True)
    home = os.path.dirname(os.path.abspath(program))
    copy_home = os.path.join(folder, os.path.basename(home))
    os.makedirs(copy_home)
    for source, target in ((home, copy_home), (os.path.dirname(home), folder)):
        for name in os.listdir(source):
            there = os.path.join(target, name)
            if not os.path.lexists(there) and not name.startswith((".", "build")):
                os.symlink(os.path.join(source, name), there)
    path = os.path.join(copy_home, os.path.basename(program))
    os.unlink(path)
    with open(program, encoding="utf-8") as file:
        text = file.read()
    text = text.rstrip("\n") + "\n" + options.append + "\n"
    if not re.search(r"^save\b", text, re.M):
        trained = ", ".join(re.findall(r"^train ([\w, ]+) on", text, re.M)).split(", ")
        for model in dict.fromkeys(filter(None, trained)):
            text += 'save %s to "%s.safetensors"\n' % (model, model)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def run(command, folder):
    os.makedirs(folder, exist_ok=True)
    start = time.monotonic()
    try:
        done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=LIMIT)
    except subprocess.TimeoutExpired:
        fail("%s: not done after %d s" % (" ".join(command), LIMIT))
    out, err = done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")
    print("# %s: %.2f s" % (os.path.basename(folder), time.monotonic() - start), file=sys.stderr)
    if done.returncode != 0:
        print(out + err)
        fail("%s: exit code %d" % (" ".join(command), done.returncode))
    return out + err


def without_times(text):
    """Durations and rates differ between runs; nothing else may."""
    text = re.sub(r"^timing: .*\n", "", text, flags=re.M)
    return re.sub(r"\s+\d+(\.\d+)? (us|µs|ms|s|min|h)\b( \d+ (s|min)\b)?", "", text)


def weights(folder):
    found = {}
    for name in sorted(os.listdir(folder)):
        if name.endswith(".safetensors"):
            with open(os.path.join(folder, name), "rb") as file:
                found[name] = file.read()
    return found


def check(expectation, output):
    name, op, wanted = re.fullmatch(r"(.+?)\s*(>=|<=|>|<)\s*([-+.\de]+)", expectation).groups()
    values = re.findall(re.escape(name) + r"[\s=:\[]+([-+]?[\d.]+(?:e[-+]?\d+)?)", output)
    if not values:
        fail("the output has no value of `%s`" % name)
    value, bound = float(values[-1]), float(wanted)
    print("# %s: %g, expected %s %g" % (name, value, op, bound), file=sys.stderr)
    if not {">=": value >= bound, "<=": value <= bound, ">": value > bound, "<": value < bound}[op]:
        fail("%s is %g, expected %s %g" % (name, value, op, bound))


folder = os.path.abspath(options.dir)
program = prepare(options.program, folder)
trainer = os.path.join(folder, "trainer")
flags = options.flags.split()
first_output = first_weights = first_way = None
for way in options.ways.split(","):
    kind, threads = way[:-1], way[-1]
    if kind == "aot" and not os.path.exists(trainer):
        run([options.nnc, "--lints=off", *options.compile.split(), program, "-o", trainer], folder)
    command = [trainer] if kind == "aot" else [options.nnc, "run", "--lints=off", *options.compile.split(), program]
    output = run(command + ["--threads", threads] + flags, os.path.join(folder, way))
    saved = weights(os.path.join(folder, way))
    if not saved and not options.output_only:
        fail("%s saved no weights" % way)
    if first_way is None:
        first_output, first_weights, first_way = output, saved, way
        print(without_times(output) if options.strip_times else output, flush=True)
        continue
    if without_times(output) != without_times(first_output):
        print(output)
        fail("%s printed something else than %s" % (way, first_way))
    if list(saved) != list(first_weights):
        fail("%s saved %s, %s saved %s" % (way, list(saved), first_way, list(first_weights)))
    for name in saved:
        if saved[name] != first_weights[name]:
            at = next((i for i, (a, b) in enumerate(zip(saved[name], first_weights[name])) if a != b),
                      min(len(saved[name]), len(first_weights[name])))
            fail("%s of %s and %s differ from byte %d on" % (name, first_way, way, at))
for expectation in options.expect:
    check(expectation, first_output)
print("# same results, same weights: %s" % options.ways, file=sys.stderr)
