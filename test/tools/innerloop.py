# innerloop.py --nnc NNC --cpu LEVEL --function NAME PROGRAM: describes the inner loop of each contraction of a function.
#
# Prints a line for each contraction kernel NAME_kI that --emit=fused tiles:
#   NAME_k1: 64 multiply-adds as planned, zmm, no spill
# The inner loop is the one with the most multiply-adds among those that contain no other loop. The planned number is the tile's vectors
# times the unrolling. After it come the vector registers that the loop uses, and how many vectors it moves to or from the stack frame.
import argparse
import re
import subprocess
import sys

parser = argparse.ArgumentParser(allow_abbrev=False)
parser.add_argument("--nnc", required=True)
parser.add_argument("--cpu", required=True)
parser.add_argument("--function", required=True)
parser.add_argument("program")
options = parser.parse_args()


def emit(stage):
    done = subprocess.run([options.nnc, options.program, "--cpu", options.cpu, "--emit=" + stage], stdout=subprocess.PIPE, timeout=300)
    if done.returncode != 0:
        sys.exit("innerloop.py: --emit=%s: exit code %d" % (stage, done.returncode))
    return done.stdout.decode().split("\n")


def planned():
    """The vector multiply-adds of one round of each contraction's inner loop, by the kernel's number."""
    counts, inside, kernel = {}, False, -1
    for line in emit("fused"):
        if "func.func" in line:
            inside, kernel = "@%s(" % options.function in line, -1
        if not inside or "kern.fused" not in line:
            continue
        kernel += 1
        accumulators = re.search(r"accumulators = (\d+)", line)
        if accumulators:
            counts[kernel] = int(accumulators.group(1)) * int(re.search(r"unroll = (\d+)", line).group(1))
    return counts


def bodies(text):
    """Each function's lines."""
    found, name = {}, None
    for line in text:
        label = re.match(r"([A-Za-z_]\w*):", line)
        if label:
            name = label.group(1)
            found[name] = []
        elif name:
            found[name].append(line)
    return found


def inner_loop(lines):
    labels = {m.group(1): i for i, line in enumerate(lines) for m in [re.match(r"(\.L\w+):", line)] if m}
    loops = []
    for i, line in enumerate(lines):
        jump = re.match(r"\s+j\w+\s+(\.L\w+)", line)
        if jump and labels.get(jump.group(1), i) < i:
            loops.append((labels[jump.group(1)], i))
    inner = [(a, b) for a, b in loops if not any(a <= c and d <= b and (a, b) != (c, d) for c, d in loops)]
    return max((lines[a:b + 1] for a, b in inner), key=lambda body: sum("vfmadd" in line for line in body), default=[])


functions = bodies(emit("asm"))
for kernel, count in sorted(planned().items()):
    name = "%s_k%d" % (options.function, kernel)
    if name not in functions:  # the same code as another function's kernel
        print("%s: shared" % name)
        continue
    body = inner_loop(functions[name])
    adds = sum("vfmadd" in line for line in body)
    widths = sorted(set(re.findall(r"%([xyz]mm)\d", "\n".join(body))))
    spills = sum(1 for line in body if re.search(r"[\s,]-?\d*\(%r[sb]p\)", line) and re.search(r"%[xyz]mm\d", line))
    plan = "as planned" if adds == count else "where %d were planned" % count
    print("%s: %d multiply-adds %s, %s, %s" % (name, adds, plan, " ".join(widths), "%d spills" % spills if spills else "no spill"))
