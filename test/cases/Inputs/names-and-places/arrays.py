# Writes two arrays, of which the second has an invalid class number, and a program that trains on them.
import struct


def write(path, shape, kind, values):
    header = "{'descr': '%s', 'fortran_order': False, 'shape': %s, }" % (kind, shape)
    header += " " * (118 - len(header) - 1) + "\n"
    with open(path, "wb") as f:
        f.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
        f.write(b"".join(struct.pack("<d", v) for v in values))


write("x.npy", "(3, 2)", "<f8", [1, 2, 3, 4, 5, 6])
write("y.npy", "(3,)", "<f8", [0, 5, 1])
open("arrays.nn", "w").write("""data d = npy(x = "x.npy", y = "y.npy")
model net(x: [2]) -> [2] { x |> dense(2) }
train net on d { loss = cross_entropy(net(x), y); optimizer = sgd(lr = 0.01); epochs = 1 }
""")
