# Writes the programs of generated.test into the working folder.
import os
import random


def write(name, text):
    with open(name, "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode())


def program(expression):
    return "# made by generate.py\nlet a = " + expression + "\n"


N = 100_000
write("open.nn", program("(" * N))
write("nested.nn", program("(" * N + "1" + ")" * N))
write("lists.nn", program("[" * N + "1" + "]" * N))
write("blocks.nn", program("{" * N + "1" + "}" * N))
write("sum.nn", program("1" + "+1" * (2 * N - 1)))
write("power.nn", program("1" + "^1" * N))
write("minus.nn", program("-" * N + "1"))
write("not.nn", program("not " * N + "true"))
write("choice.nn", program("if true then 1 else " * N + "2"))
write("pipes.nn", program("1" + " |> sigmoid" * N))
write("empty.nn", "")
write("blank.nn", "\n \t\n\n")
write("binary.nn", b"\x7fELF\x02\x01\x01" + bytes(100))
random.seed(1)
write("random.nn", bytes(random.randrange(1, 256) for _ in range(20_000)))
write("latin1.nn", b"# saved by an old editor\nlet a = \xe9\n")
write("line.nn", "x" * 1_000_000)
write("huge.nn", "# a data file given by mistake\n" + "1,2,3\n" * 3_000_000)
os.mkdir("folder.nn")
