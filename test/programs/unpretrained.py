# unpretrained.py NNC PROGRAM DIR: runs PROGRAM, and a copy without the runs that train a part of a model, in DIR; its last kept
# validation loss must be lower than the copy's.
import os
import re
import subprocess
import sys

nnc, program, folder = (os.path.abspath(path) for path in sys.argv[1:])


def kept(text, name):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    printed = subprocess.run([nnc, "run", path], check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout
    loss = float(re.findall(r"^kept epoch \d+, the best: val\.loss (\S+)$", printed, re.M)[-1])
    print("%s: val.loss %g" % (name, loss))
    return loss


os.makedirs(folder, exist_ok=True)
with open(program, encoding="utf-8") as file:
    text = file.read().replace('"../', '"%s/' % os.path.dirname(os.path.dirname(program)))
alone, count = re.subn(r"^train \w+\.\w+ on .*?^}\n", "", text, flags=re.M | re.S)
if not count:
    sys.exit("no part of a model is trained in " + program)
sys.exit(0 if kept(text, "pretrained.nn") < kept(alone, "unpretrained.nn") else 1)
