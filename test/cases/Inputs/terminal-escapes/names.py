# names.py NNC DIR TABLE: checks that TABLE contains no escape sequences, and that no message contains one from a file's, a column's or a
# class's name.
import os
import subprocess
import sys
import unicodedata

nnc, folder, table = sys.argv[1:]
os.makedirs(folder, exist_ok=True)
if b"\\x1b" in open(table, "rb").read():
    sys.exit("names.py: %s is escaped" % table)
EVIL = ["\x1b[31mred", "a\u009b2J", "gpj\u202e.exe", "line\u2028end", "\u2066x"]
problems = []


def look(what, program, code=1):
    done = subprocess.run([nnc, "run", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder, timeout=60)
    text = (done.stdout + done.stderr).decode("utf-8", "strict")
    bad = [c for c in text if c not in "\n\t" and unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp")]
    if bad or done.returncode != code:
        problems.append("%s: exit code %d, %r in %r" % (what, done.returncode, bad, text))


for number, evil in enumerate(EVIL):
    path = os.path.join(folder, "p%d.nn" % number)
    model = "model net(x: [1]) -> [2] { x |> dense(2) }\ntrain net on d { loss = cross_entropy(net(x), y); optimizer = sgd; steps = 1 }\n"
    with open(path, "w", encoding="utf-8") as file:  # a file that is missing
        file.write('data d = csv("%s.csv") { x = [a]; y = category(b) }\n%s' % (evil, model))
    look("file %r" % evil, path)
    with open(os.path.join(folder, "t.csv"), "w", encoding="utf-8") as file:  # a column and a cell
        file.write("a,%s\n%s,u\n2,v\n" % (evil, evil))
    with open(path, "w", encoding="utf-8") as file:
        file.write('data d = csv("t.csv") { x = [a]; y = category(b) }\n' + model)
    look("column %r" % evil, path)
    with open(os.path.join(folder, "t.csv"), "w", encoding="utf-8") as file:  # a class
        file.write("a,b\n1,%s\n2,v\n" % evil)
    with open(path, "w", encoding="utf-8") as file:
        file.write('data d = csv("t.csv") { x = [a]; y = category(b) }\n' + model +
                   "evaluate net on d { metric confusion(net(x), y) }\npredict net on d\n")
    look("class %r" % evil, path, 0)
print("\n".join(problems))
sys.exit(len(problems) > 0)
