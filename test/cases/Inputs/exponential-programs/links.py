# links.py KIND N: a model that is a chain of N links, each of which uses its value twice.
import sys

kind, n = sys.argv[1], int(sys.argv[2])
link = {"swish": "swish", "gelu": "gelu", "own": "own", "mean": "reduced"}[kind]
print("fn own(x) = tanh(x) * sin(x)", "fn reduced(x) = x * mean(x)",
      "data d = rows(x: [4], y: [1]) { [0, 0, 0, 1] -> [0]; [0, 1, 0, 1] -> [1] }",
      "model net(x: [4]) -> [1] { x |> dense(4) |> repeat(%d, %s) |> dense(1) }" % (n, link),
      "train net on d { loss = mse(net(x), y); optimizer = sgd(lr = 0.1); batch = 2; epochs = 1 }", "print 1", sep="\n")
