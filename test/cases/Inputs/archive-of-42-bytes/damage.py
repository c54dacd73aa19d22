# damage.py NNC DIR: archives with wrong sizes, places and names; each must be rejected with a message.
import os
import struct
import subprocess
import sys
import zlib

import numpy

nnc, folder = sys.argv[1:]
os.makedirs(folder, exist_ok=True)
program = os.path.join(folder, "evil.nn")
with open(program, "w") as file:
    file.write('data d = npz("evil.npz") { x = x; y = y }\nmodel net(x: [1]) -> [1] { x |> dense(1) }\n'
               'train net on d { loss = mse(net(x), y); optimizer = sgd(lr = 0.1); batch = 8; epochs = 1 }\n')
path = os.path.join(folder, "evil.npz")
values = numpy.arange(8, dtype="f4").reshape(8, 1)
numpy.savez(path, x=values, y=values)
good = open(path, "rb").read()
end = good.rindex(b"PK\5\6")
first = good.index(b"PK\1\2")


def put(data, at, form, value):
    return data[:at] + struct.pack(form, value) + data[at + struct.calcsize(form):]


broken = {
    "cut in half": good[:len(good) // 2],
    "no last byte": good[:-1],
    "65,535 entries": put(good, end + 10, "<H", 65535),
    "a directory after the end": put(good, end + 16, "<I", len(good) + 5),
    "a directory at the very end of 32 bits": put(good, end + 16, "<I", 0xFFFFFFFE),
    "zip64 without its record": put(good, end + 16, "<I", 0xFFFFFFFF),
    "a member that reaches into the next": put(good, first + 20, "<I", 10000),
    "a member before the file": put(good, first + 42, "<I", 0xFFFFFF00),
    "sizes in an extra field that is missing": put(put(good, first + 20, "<I", 0xFFFFFFFF), first + 24, "<I", 0xFFFFFFFF),
    "a name that goes on to the end": put(good, first + 28, "<H", 65535),
    "one byte of data": put(good, good.index(b"NUMPY") + 130, "<B", 77),
}
problems = []
for what, data in broken.items():
    with open(path, "wb") as file:
        file.write(data)
    done = subprocess.run([nnc, "run", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    if done.returncode != 1 or b"evil.npz" not in done.stderr:
        problems.append("%s: exit code %d: %r" % (what, done.returncode, done.stderr[:200]))
with open(path, "wb") as file:
    file.write(good)
if subprocess.run([nnc, "run", program, "--quiet"]).returncode != 0:
    problems.append("the whole one is refused")
print("\n".join(problems))
sys.exit(len(problems) > 0)
