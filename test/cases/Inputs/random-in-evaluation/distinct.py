# distinct.py FILE.csv: checks that all rows differ, and that rows 256 apart are not correlated.
import sys

rows = [tuple(map(float, line.split(",")[:2])) for line in open(sys.argv[1]).read().split()[1:]]
assert len(rows) == 1000 and len(set(rows)) == 1000, len(set(rows))
mean = sum(a[0] * b[0] for a, b in zip(rows, rows[256:])) / 744
assert abs(mean) < 0.15, mean  # four standard deviations
