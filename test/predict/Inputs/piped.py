# piped.py: writes a program that learns from a table, one that learns from arrays, and new rows for both.
import numpy

with open("table.csv", "w") as file:
    file.write("a,b,c\n" + "".join("%d,%d,%d\n" % (i, i % 3, i + i % 3) for i in range(20)))
with open("new.csv", "w") as file:
    file.write("a,b\n1,2\n3,4\n")
numpy.save("x.npy", numpy.arange(40, dtype=numpy.float32).reshape(20, 2))
numpy.save("y.npy", numpy.arange(20, dtype=numpy.float32).reshape(20, 1))
numpy.save("new.npy", numpy.array([[1, 2], [3, 4]], dtype=numpy.float32))
run = """model net(x: [2]) -> [1] { x |> dense(1) }
train net on d { loss = mse(net(x), y); optimizer = sgd(lr = 0.0001); batch = all; epochs = 3 }
save net to "%s.safetensors"
"""
with open("table.nn", "w") as file:
    file.write('data d = csv("table.csv") { x = [a, b]; y = [c] }\n' + run % "w")
with open("arrays.nn", "w") as file:
    file.write('data d = npy(x = "x.npy", y = "y.npy")\n' + run % "v")
