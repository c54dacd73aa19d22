# stages.py --nnc NNC --nn-opt NN_OPT PROGRAM [-- FLAGS…]: prints every stage of a program, and reads back what can be read.
#
# Each stage must be printed and have a sensible size; the object file must be the same if it is made twice. nn-opt must read, verify and
# print the output of `--emit=nn`, `--emit=grad` and `--emit=fused` unchanged.
import argparse
import difflib
import subprocess
import sys

STAGES = ["ast", "nn", "grad", "fused", "mlir", "llvm", "asm", "obj", "math", "plan", "program"]
parser = argparse.ArgumentParser(allow_abbrev=False)
parser.add_argument("--nnc", required=True)
parser.add_argument("--nn-opt", required=True)
parser.add_argument("--show", help="a stage whose text is printed, for FileCheck")
parser.add_argument("program")
parser.add_argument("flags", nargs="*")
options = parser.parse_args()


def run(command, stdin=b""):
    done = subprocess.run(command, input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
    if done.returncode != 0:
        sys.exit("stages.py: %s: exit code %d\n%s" % (" ".join(command), done.returncode, done.stderr.decode()[:4000]))
    return done.stdout


def emit(*stage):
    return run([options.nnc, options.program, *stage, *options.flags])


texts = {}
for stage in STAGES:
    texts[stage] = emit("--emit=" + stage)
    print("# %s: %d bytes" % (stage, len(texts[stage])), file=sys.stderr)
    if len(texts[stage]) < 100:
        sys.exit("stages.py: --emit=%s prints only %r" % (stage, texts[stage]))
if emit("--emit=obj") != texts["obj"]:  # the last stage: it depends on all others
    sys.exit("stages.py: --emit=obj gives something else the second time")
texts["latex"] = emit("--emit=math", "--latex")
if b"\\" not in texts["latex"]:
    sys.exit("stages.py: --emit=math --latex prints no LaTeX")
if texts["obj"][:4] != b"\x7fELF":
    sys.exit("stages.py: --emit=obj is no object file")

for stage in ("nn", "grad", "fused"):
    once = run([options.nn_opt], texts[stage])
    twice = run([options.nn_opt], once)
    for name, a, b in (("nnc and nn-opt", texts[stage], once), ("nn-opt and itself", once, twice)):
        if a.rstrip() != b.rstrip():
            difference = difflib.unified_diff(a.decode().split("\n"), b.decode().split("\n"), lineterm="", n=1)
            sys.exit("stages.py: %s print --emit=%s differently:\n%s" % (name, stage, "\n".join(list(difference)[:20])))
if options.show:
    sys.stdout.buffer.write(texts[options.show])
