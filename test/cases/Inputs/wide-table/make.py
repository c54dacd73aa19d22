# Writes a table of 200 rows and 20,000 columns, and a narrow one.
import random

random.seed(14)
with open("genes20000.csv", "w") as f:
    f.write(",".join("g%d" % i for i in range(20000)) + ",sick\n")
    for _ in range(200):
        x = [random.randrange(-3000, 3000) / 1000 for _ in range(20000)]
        f.write(",".join("%g" % v for v in x) + ",%d\n" % (sum(x[:10]) > 0))
with open("few.csv", "w") as f:
    f.write("a,b,c,d,t\n")
    for _ in range(20):
        f.write(",".join("%.9g" % random.uniform(-1e9, 1e9) for _ in range(5)) + "\n")
