# Writes arrays whose headers declare shapes that no file can hold.
import struct

for name, rows in [("far", "20000000000000000000000"), ("19", "1000000000000000000"), ("zero", "0000000000000000000000000001")]:
    columns = 0 if name == "far" else 2 if name == "19" else 10**19
    header = "{'descr': '<f4', 'fortran_order': False, 'shape': (%s, %d)}" % (rows, columns)
    header += " " * (63 - (10 + len(header)) % 64) + "\n"
    with open(name + ".npy", "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + b"\0" * 16)
