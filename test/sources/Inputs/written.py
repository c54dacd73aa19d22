# written.py: writes tables for tables.test into the working directory.
import gzip


def write(name, data):
    with open(name, "wb") as file:
        file.write(data)


table = "a\tkind\n1.5\tb\n-22.5\t\"größe, 1\"\n3\tc\n".encode()
write("written.tsv.gz", gzip.compress(table))
write("cut.csv.gz", gzip.compress(table * 100)[:-20])
write("semi.csv", "a;kind\r\n0,5;'5 €; o''clock'\r\n1,5;x\r\n".encode("cp1252"))
write("old.csv", "\ufeffa,kind\r1,€\r2,x\r".encode("utf-16-le"))
write("utf16.csv", "\ufeffa,b\n1,2\n".encode("utf-16-le"))
write("bad.csv", b"a;b\n1;2\n1;1,5\n")
write("cut.nn", b'data d = csv("cut.csv.gz") { x = [a] }\n')
write("utf16.nn", b'data d = csv("utf16.csv") { x = [a] }\n')
write("bad.nn", b'data d = csv("bad.csv") { x = b }\nmodel same(x: []) -> [] { x }\npredict same on d\n')
write("plain.nn", b'data d = csv("plain.csv") { x = [c1, c2] }\nmodel same(x: [2]) -> [2] { x }\npredict same on d\n')
write("plain.csv", b"1.5,2\n3,4\n")
write("wide/plain.csv", b"1.5,2,3\n3,4,5\n")
write("new/plain.csv", b"a,b\n1.5,2\n3,4\n")
