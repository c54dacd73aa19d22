# chains.py KIND N: a program of N declarations, each of which uses the one before.
import sys

kind, n = sys.argv[1], int(sys.argv[2])
data = "data d = rows(x: [2], y: [2]) { [1, 2] -> [3, 4] }\n"
train = "train net on d { loss = mse(net(x), y); optimizer = sgd(lr = 0.1); batch = all; steps = 1 }"
if kind == "let":
    print("let a0 = 1", *["let a%d = a%d + 1" % (i, i - 1) for i in range(1, n + 1)], "print a%d" % n, sep="\n")
elif kind == "fn":
    print("fn f0(x) = x", *["fn f%d(x) = f%d(x) + 1" % (i, i - 1) for i in range(1, n + 1)], "print f%d(1)" % n, sep="\n")
elif kind == "layer":
    print("layer f0(x: [n]) -> [n] { x }", *["layer f%d(x: [n]) -> [n] { x |> f%d }" % (i, i - 1) for i in range(1, n + 1)],
          data + "model net(x: [2]) -> [2] { x |> f%d |> dense(2) }" % n, train, sep="\n")
else:
    print("init i0 = normal(0.1)", *["init i%d = i%d" % (i, i - 1) for i in range(1, n + 1)],
          data + "model net(x: [2]) -> [2] { x |> dense(2, weights = i%d) }" % n, train, sep="\n")
