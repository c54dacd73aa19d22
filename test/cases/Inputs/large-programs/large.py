# large.py KIND N: a program with a chain of N layers (`let`, `repeat`, `pipe`, `sides`: with an `if` in each, `mixed`: no two alike), with
# functions that use their argument's function twice, N deep (`doubling`), or with N rows (`rows`).
import sys

kind, n = sys.argv[1], int(sys.argv[2])
chain = {
    "let": "".join("  let h%d = %s |> dense(4) |> tanh\n" % (i + 1, "h%d" % i if i else "x") for i in range(n)) + "  h%d" % n,
    "mixed": "".join("  let h%d = %s |> dense(%d) |> tanh\n" % (i + 1, "h%d" % i if i else "x", 2 + i) for i in range(n)) + "  h%d" % n,
    "repeat": "  x |> repeat(%d, seq(dense(4), tanh))" % n,
    "sides": "  x |> repeat(%d, seq(dense(4), elu))" % n,
    "pipe": "  x " + "|> dense(4) |> tanh " * n,
    "rows": "  x",
    "doubling": "  q%d(x)" % n,
}[kind]
if kind == "doubling":
    print("fn q0(z) = z / 2")
    for i in range(n):
        print("fn q%d(z) = tanh(q%d(z)) * q%d(z)" % (i + 1, i, i))
print("data d = rows(x: [1], y: [1]) {")
for i in range(n if kind == "rows" else 4):
    print("  [%d] -> [%d]" % (i % 7, i % 2))
print("}\nmodel net(x: [1]) -> [1] {\n%s |> dense(1)\n}" % chain)
print("train net on d { loss = mse(net(x), y); optimizer = sgd(lr = 0.001); batch = 4; epochs = 2 }")
print("print net([0])")
