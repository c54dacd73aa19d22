# same.py MODEL.nn TABLE LAST: whether what a program prints of its first rows stays the same when the last LAST rows of TABLE change:
# all their numbers become 1e6 times as large. The program is run twice; what it prints must be equal.
import subprocess
import sys

nnc, program, table, last = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])


def run():
    return subprocess.run([nnc, "run", program, "--quiet"], stdout=subprocess.PIPE, universal_newlines=True, check=True).stdout


before = run()
lines = open(table).read().split("\n")
rows = [i for i, line in enumerate(lines) if line][1:]
for i in rows[-last:]:
    cells = lines[i].split(",")
    lines[i] = ",".join(cells[:1] + [str(float(c) * 1e6 + 7) if c.replace(".", "").replace("-", "").isdigit() else c for c in cells[1:]])
open(table, "w").write("\n".join(lines))
after = run()
print("the same" if before == after else "DIFFERENT")
