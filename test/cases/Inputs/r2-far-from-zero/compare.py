"""compare.py NNC FOLDER: writes pressures, whose mean is large compared with their spread, to a folder, and compares nnc's metrics of
three models with the same metrics computed here. Ends with 1 and the difference if they differ by more than 1e-4."""
import math
import os
import random
import re
import subprocess
import sys

nnc, folder = sys.argv[1:]
os.makedirs(folder, exist_ok=True)


def check(mean, precision, single):
    random.seed(1)
    rows = []
    for _ in range(3000):
        x = round(random.gauss(0, 1), 4)
        rows.append((x, mean + round(3 * x + random.gauss(0, 1.5), 2)))
    with open(os.path.join(folder, "pressure.csv"), "w") as out:
        out.write("x,y\n" + "".join(f"{x!r},{y!r}\n" for x, y in rows))
    models = {"good": lambda x: mean + 3 * x, "flat": lambda x: mean, "bad": lambda x: mean - 3 * x}
    program = 'data d = csv("pressure.csv") { x = [x]; y = [y]; split train = 50%, val = 50%, seed = 1 }\n'
    # A user's own metric by the textbook formula, and one that uses total_spread.
    program += "metric variance(t) = mean(total(t^2) / total(1) - (total(t) / total(1))^2)\n"
    program += "metric deviation(t) = sqrt(mean(total_spread(t) / total(1)))\n"
    for name, sign in (("good", "+ 3"), ("flat", "+ 0"), ("bad", "- 3")):
        program += f"model {name}(x: [1]) -> [1] {{ {mean} {sign} * x }}\n"
        program += f"evaluate {name} on d {{ metric r2({name}(x), y); metric rmse({name}(x), y); metric mae({name}(x), y); "
        program += "metric deviation(y); metric variance(y) }\n"
    path = os.path.join(folder, "pressure.nn")
    with open(path, "w") as out:
        out.write(program)
    found = subprocess.run([nnc, "run", "--precision", precision, path], check=True, capture_output=True, text=True).stdout

    f32 = (lambda v: __import__("struct").unpack("f", __import__("struct").pack("f", v))[0]) if single else (lambda v: v)
    target = [f32(y) for _, y in rows]
    middle = math.fsum(target) / len(target)
    spread = math.fsum((t - middle) ** 2 for t in target)
    for name, model in models.items():
        given = [f32(model(x)) for x, _ in rows]
        rest = math.fsum((t - p) ** 2 for t, p in zip(target, given))
        right = {"r2": 1 - rest / spread, "rmse": math.sqrt(rest / len(rows)),
                 "mae": math.fsum(abs(t - p) for t, p in zip(target, given)) / len(rows),
                 "deviation": math.sqrt(spread / len(rows))}
        if mean < 1e6:
            right["variance"] = spread / len(rows)
        line = next(line for line in found.splitlines() if line.startswith(f"evaluate {name} on"))
        for metric, value in right.items():
            shown = float(re.search(rf"\b{metric} (\S+)", line).group(1))
            # Predictions are in f32, rounded where nnc rounds them.
            if abs(shown - value) > (2e-3 if single else 1e-4) * max(1, abs(value)):
                sys.exit(f"{name}: {metric} is {shown}, not {value}, at a mean of {mean} in {precision}\n{found}")


check(101325, "f32", True)
check(101325, "f64", False)
check(1e9, "f64", False)
check(0, "f32", True)
