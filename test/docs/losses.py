# losses.py NNC SOURCE: checks for each loss in section 9.9 of grammar/LANGUAGE.md whether it sums an example's elements or takes their
# mean: for two equal elements the sum is twice that of one, and the mean is the same.
import os
import re
import subprocess
import sys
import tempfile

nnc, source = os.path.abspath(sys.argv[1]), sys.argv[2]
with open(os.path.join(source, "grammar", "LANGUAGE.md"), encoding="utf-8") as file:
    section = file.read().split("\n9.9 ")[1].split("\n9.10 ")[0]
stated = {}
for line in section.split("\n"):
    cells = line.strip("| ").split(" | ")
    for name in re.findall(r"`(\w+)\(", cells[0]) if line.startswith("| `") else []:
        stated[name] = cells[-1]
with open(os.path.join(source, "compiler", "prelude", "losses.nn"), encoding="utf-8") as file:
    declared = re.findall(r"^fn (\w+)", file.read(), re.M)

# Expressions for one element and for two equal ones. contrastive_divergence compares free energies, so free_energy is tested in its place.
special = {
    "soft_cross_entropy": ("soft_cross_entropy([0, 0], [1, 0])", "soft_cross_entropy([0, 0], [1, 1])"),
    "sequence_cross_entropy": ("sequence_cross_entropy([[1, 3]], [0])", "sequence_cross_entropy([[1, 3], [1, 3]], [0, 0])"),
    "contrastive_divergence": ("free_energy(one.r, [1, 2])", "free_energy(two.r, [1, 2])"),
    "perceptron_loss": ("perceptron_loss([-0.3], [1])", "perceptron_loss([-0.3, -0.3], [1, 1])"),
    "cross_entropy": ("cross_entropy([1, 3], [0])[0]", "cross_entropy([1, 3], [0, 0])"),
    "cross_entropy_probabilities": ("cross_entropy_probabilities([0.2, 0.8], [0])[0]", "cross_entropy_probabilities([0.2, 0.8], [0, 0])"),
}
models = "".join("model %s(x: [2]) -> [%d] { x |> rbm_dense(%d, weights = ones) as r }\n" % (name, units, units)
                 for name, units in (("one", 1), ("two", 2)))
problems = []
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "losses.nn")
    names = sorted(stated)
    pairs = [special.get(name, ("%s([0.3], [1])" % name, "%s([0.3, 0.3], [1, 1])" % name)) for name in names]
    with open(path, "w") as file:
        file.write(models + "".join("print %s\nprint %s\n" % pair for pair in pairs))
    done = subprocess.run([nnc, "run", "--precision", "f64", path], stdout=subprocess.PIPE, check=True)
    values = [[float(v) for v in re.findall(r"-?[0-9.]+(?:e[-+]?\d+)?", line.rsplit(" = ", 1)[1])]
              for line in done.stdout.decode().splitlines() if " = " in line]
for name, one, two in zip(names, values[::2], values[1::2]):
    ratio = {"sum": 2, "mean": 1, "one label": 1}.get(stated[name])
    # For several labels there is a number for each.
    if ratio is None or len(two) != (2 if stated[name] == "one label" else 1) or any(abs(t - ratio * one[0]) > 1e-5 * abs(one[0]) for t in two):
        problems.append("`%s` is said to be of: %s; of one element it is %s, of two %s" % (name, stated[name], one, two))
    if one == [0]:
        problems.append("`%s` is 0, which shows nothing" % name)
problems += ["9.9 does not list `%s`" % name for name in declared if name not in stated and name != "free_energy"]
print("%d losses" % len(stated))
print("\n".join(problems))
sys.exit(1 if problems or len(values) != 2 * len(stated) or len(stated) < 12 else 0)
