# metrics.py --nnc NNC --dir DIR: compares the metrics of classes and numbers with NumPy, to 1e-9: on many rows with equal scores, on a class
# that never occurs or is never predicted, on one row and on one class alone. Metrics are of the whole split: pieces of it do not matter.
import json
import math
import os
import subprocess
import sys

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools"))
import trials

options = trials.flags().parse_args()
random = np.random.default_rng(3)
failed = False
os.makedirs(options.dir, exist_ok=True)


def divided(a, b):
    return a / b if b else math.nan


def share(hits, everything, others):
    return 0.0 if not everything and others else divided(hits, everything)


def area(scores, truth):
    """The chance that a score of the class is above one of the others: pair by pair."""
    ones, others = scores[truth], scores[~truth]
    wins = sum((one > others).sum() + (one == others).sum() / 2 for one in ones)
    return divided(wins, len(ones) * len(others))


def precision_mean(scores, truth):
    """By the definition: the sum over thresholds of precision times the step of recall."""
    total, before = 0.0, 0.0
    for threshold in sorted(set(scores), reverse=True):
        said = scores >= threshold
        recall = divided((said & truth).sum(), truth.sum())
        total, before = total + (recall - before) * (said & truth).sum() / said.sum(), recall
    return total


def calibration(sure, right, bins):
    where = np.minimum(np.floor(sure * bins), bins - 1)
    return sum(abs((sure - right)[where == b].sum()) for b in range(bins)) / len(sure)


def means(values, counts, occurs):
    """The mean over the classes, weighted, of class 1, and of each."""
    values, counts, occurs = (np.array(v, float) for v in (values, counts, occurs))
    some = counts > 0
    return [divided(values[occurs > 0].sum(), (occurs > 0).sum()), divided((values * counts)[some].sum(), counts.sum()), values[1], list(values)]


def of_classes(p, label):
    n = p.shape[1]
    truth = [label == k for k in range(n)]
    said = [p.argmax(1) == k for k in range(n)]
    hits = [(t & s).sum() for t, s in zip(truth, said)]
    occur, predicted = [t.sum() for t in truth], [s.sum() for s in said]
    both = [a + b for a, b in zip(occur, predicted)]
    values = {
        "precision": means([share(*v) for v in zip(hits, predicted, occur)], occur, both),
        "recall": means([share(*v) for v in zip(hits, occur, predicted)], occur, both),
        "f1": means([divided(2 * h, b) for h, b in zip(hits, both)], occur, both),
        "roc_auc": means([area(p[:, k], truth[k]) for k in range(n)], occur, [o * (len(p) - o) for o in occur]),
        "average_precision": means([precision_mean(p[:, k], truth[k]) for k in range(n)], occur, occur),
    }
    own = p[np.arange(len(p)), label]
    ahead = [sum(s > o or (s == o and k < t) for k, s in enumerate(row)) for row, o, t in zip(p, own, label)]
    hot = np.eye(n)[label]
    lines, expected = [], {}
    for name, four in values.items():
        for (suffix, more), value in zip((("", ""), ("_w", ", weighted = true"), ("_1", ", of = 1"), ("_each", ", each = true")), four):
            lines.append("metric %s%s = %s(net(x), y%s)" % (name, suffix, name, more))
            expected[name + suffix] = value
    for name, text, value in (("top2", "top_accuracy(net(x), y, k = 2)", np.mean(np.array(ahead) < 2)),
                              ("accuracy", "accuracy(net(x), y)", np.mean(p.argmax(1) == label)),
                              ("top1", "top_accuracy(net(x), y, k = 1)", np.mean(p.argmax(1) == label)),
                              ("log_loss", "log_loss(net(x), y)", np.mean(-np.log(np.maximum(own, 2.220446049250313e-16)))),
                              ("brier", "brier(net(x), y)", ((p - hot) ** 2).sum(1).mean()),
                              ("gap", "calibration_error(net(x), y)", calibration(p.max(1), p.argmax(1) == label, 15)),
                              ("twice", "2 * roc_auc(net(x), y) - f1(net(x), y)", 2 * values["roc_auc"][0] - values["f1"][0])):
        lines.append("metric %s = %s" % (name, text))
        expected[name] = value
    return lines, expected


def of_one(p, target):
    truth, said = target > 0.5, p > 0.5
    hits = (truth & said).sum()
    lines, expected = [], {}
    for name, text, value in (("accuracy", "accuracy(net(x), y)", np.mean(truth == said)), # with a sigmoid, binary_accuracy
                              ("precision", "precision(net(x), y)", share(hits, said.sum(), truth.sum())),
                              ("recall", "recall(net(x), y)", share(hits, truth.sum(), said.sum())),
                              ("recall_0", "binary_recall(net(x), y, of = 0)", share((~truth & ~said).sum(), (~truth).sum(), (~said).sum())),
                              ("f1", "f1(net(x), y)", divided(2 * hits, truth.sum() + said.sum())),
                              ("area", "roc_auc(net(x), y)", area(p, truth)),
                              ("ap", "average_precision(net(x), y)", precision_mean(p, truth) if truth.any() else math.nan),
                              ("ll", "log_loss(net(x), y)", -np.mean(np.log(np.where(truth, p, 1 - p)))),
                              ("brier", "brier(net(x), y)", np.mean((p - target) ** 2)),
                              ("gap", "calibration_error(net(x), y, bins = 5)", calibration(p, target, 5)),
                              ("tables", "confusion(net(x), y)", [(~truth & ~said).sum(), (~truth & said).sum(), (truth & ~said).sum(), hits]),
                              ("median", "median_error(net(x), y)", np.median(abs(p - target))),
                              ("mae", "mae(net(x), y)", np.mean(abs(p - target)))):
        lines.append("metric %s = %s" % (name, text))
        expected[name] = value
    return lines, expected


def run(name, header, rows, model, data, lines, environment={}):
    folder = os.path.join(options.dir, name)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "data.csv"), "w") as file:
        file.write(",".join(header) + "\n" + "".join(",".join(repr(float(v)) for v in row) + "\n" for row in rows))
    with open(os.path.join(folder, "program.nn"), "w") as file:
        file.write("data d = csv(\"data.csv\") { %s }\nmodel net(%s\nevaluate net on d {\n  %s\n}\n" % (data, model, "\n  ".join(lines)))
    done = subprocess.run([options.nnc, "run", "--precision", "f64", "program.nn", "--log", "log"], cwd=folder, capture_output=True, text=True,
                          env=dict(os.environ, **environment))
    if done.returncode:
        sys.exit("%s: %s" % (name, done.stderr))
    with open(os.path.join(folder, "log")) as file:
        return next(event["metrics"] for event in map(json.loads, file) if event["event"] == "evaluate")


def check(name, found, expected):
    global failed
    for key, value in expected.items():
        got = found[key] if isinstance(found[key], list) else [found[key]]
        want = np.array(value, float).reshape(-1)
        got = np.array([math.nan if v is None else v for v in got], float)
        if got.shape != want.shape or not np.allclose(got, want, rtol=1e-8, atol=1e-9, equal_nan=True):
            failed = True
            print("%s: %s is %s, not %s" % (name, key, got, want))
    print("%s: %d metrics" % (name, len(expected)))


def classes(name, rows, n, occurring, digits, environment={}):
    logits = np.round(random.normal(size=(rows, n)), digits)
    label = random.choice(occurring, size=rows)
    logits[np.arange(rows), label] += 0.5
    e = np.exp(logits - logits.max(1, keepdims=True))
    p = e / e.sum(1, keepdims=True)
    lines, expected = of_classes(p, label)
    # The probabilities themselves are the data: which of them are equal must not depend on how anyone's exp rounds.
    header = ["s%d" % k for k in range(n)] + ["label"]
    found = run(name, header, np.column_stack([p, label]), "x: [%d]) { x }" % n, "x = [s0 .. s%d]; y = label" % (n - 1), lines, environment)
    check(name, found, expected)


def one(name, rows, ones, digits):
    z = np.round(random.normal(size=rows), digits)
    target = (random.random(rows) < ones).astype(float)
    lines, expected = of_one(1 / (1 + np.exp(-z)), target)
    check(name, run(name, ["z", "t"], np.column_stack([z, target]), "x: [1]) { sigmoid(x) }", "x = [z]; y = [t]", lines), expected)


classes("many", 700, 4, [0, 1, 2, 3], 1)
classes("pieces", 50, 3, [0, 1, 2], 1, {"NNC_EVAL_ROWS": "7"})
classes("missing", 60, 4, [0, 2], 1)
classes("single", 1, 3, [2], 3)
classes("same_class", 9, 3, [1], 1)
classes("all_equal", 30, 3, [0, 1, 2], -2)
one("binary", 600, 0.3, 1)
one("rare", 40, 0.05, 2)
one("none", 20, 0, 2)
one("every", 21, 1, 2)

# Several outputs at once, and the median of all of their errors.
x = random.normal(size=(33, 2))
t = random.normal(size=(33, 2))
found = run("median", ["a", "b", "c", "d"], np.column_stack([x, t]), "x: [2]) { x }", "x = [a, b]; y = [c, d]", ["metric median_error(net(x), y)", "metric mape(net(x), y)"])
check("median", found, {"median_error": np.median(abs(x - t)), "mape": 100 * np.mean(abs((x - t) / t))})
trials.complete("metrics.nn", "metric", [open(__file__, encoding="utf-8").read()], parts=("sign_accuracy", "rmse", "r2", "binary_accuracy", "binary_precision",
                "binary_f1", "binary_roc_auc", "binary_average_precision", "binary_log_loss", "binary_brier", "binary_calibration_error", "binary_confusion"))
sys.exit(failed)
