# same.py A B: checks that every file of the folder A is also in B, byte for byte.
import os
import sys

names = os.listdir(sys.argv[1])
assert names
for name in names:
    first, second = (open(os.path.join(folder, name), "rb").read() for folder in sys.argv[1:3])
    assert first == second, name
