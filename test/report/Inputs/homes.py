# homes.py FILE ROWS: writes a table for a report about numbers, with names of columns and classes that must be escaped in HTML.
import sys

with open(sys.argv[1], "w") as file:
    file.write('size <b>,"rent & ""fees""",kind\n')
    kinds = ["<script>alert(1)</script>", "a&amp;b", "it's"]
    for i in range(int(sys.argv[2])):
        size = (i * 37 % 100) / 10
        file.write("%g,%g,%s\n" % (size, 3 * size + 2 + ((i * 7919) % 11 - 5) / 10 + (40 if i == 17 else 0), kinds[i % 3]))
