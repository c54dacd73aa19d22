# fills.py TABLE TRAIN TEST AGAIN: compares the output of fills.nn with the same values computed here from the table.
import csv
import statistics
import sys

rows = list(csv.DictReader(open(sys.argv[1])))
read = lambda path: [[float(cell) for cell in row[:7]] for row in list(csv.reader(open(path)))[1:]]
train, test, again = map(read, sys.argv[2:])
gap = lambda cell: cell in ("", "NA", "?", "null")
learned = [rows[round(row[0])] for row in train]
values = lambda column, to=float: [to(row[column]) for row in learned if not gap(row[column])]
mean, median = statistics.mean(values("a")), statistics.median(values("b"))
kinds = values("kind", str)
mode = min(sorted(set(kinds)), key=lambda k: (-kinds.count(k), k))
classes = sorted({row["kind"] for row in rows if not gap(row["kind"])})
expected, before = [], None
for i, row in enumerate(rows):
    before = before if gap(row["c"]) else float(row["c"])
    expected.append([i, mean if gap(row["a"]) else float(row["a"]), median if gap(row["b"]) else float(row["b"]), before,
                     gap(row["a"]), row["kind"] == "null", classes.index(mode if gap(row["kind"]) else row["kind"])])
assert len(train) == 24 and len(test) == 16 and len(again) == 40
for row in train + test + again:
    for found, wanted in zip(row, expected[round(row[0])]):
        assert abs(found - wanted) < 1e-5, (row, expected[round(row[0])])
