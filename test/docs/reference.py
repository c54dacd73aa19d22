# reference.py NNC SOURCE: checks that the code in grammar/LANGUAGE.md is valid.
#
# Each fenced block, and each declaration in backquotes, must pass `nnc check`; earlier blocks that a block uses (`digits`, `classifier`)
# are put before it, and files that it names are generated. In section 9 the parameters of each declaration must be those of the prelude.
# Every word of the grammar, builtin function and source of data must occur somewhere.
import glob
import os
import re
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "tools"))
import markdown

nnc, source = os.path.abspath(sys.argv[1]), sys.argv[2]
# A declared metric has parameters; `metric name = e` is an entry of a train block, as is `optimizer net.head = o`.
DECLARATION = r"(?:fn|layer|init|optimizer(?! \w+\.)|metric(?= \w+\()|model|data)"
with open(os.path.join(source, "grammar", "LANGUAGE.md"), encoding="utf-8") as file:
    text = file.read()
problems = []


def check(code, folder):
    """The messages about a program, or nothing."""
    path = os.path.join(folder, "example.nn")
    with open(path, "w", encoding="utf-8") as file:
        file.write(code + "\n")
    with open(os.path.join(folder, "load.csv"), "w") as file:
        file.write("stamp,meter,load,temperature\n" + "2020-01-01 00:00,a,1.5,2.5\n" * 4)
    for name in re.findall(r'"([\w.-]+)\.gz"', code):
        magic, shape = (0x0803, (4, 28, 28)) if "images" in name else (0x0801, (4,))
        count = 4 * (784 if len(shape) > 1 else 1)
        with open(os.path.join(folder, name + ".gz"), "wb") as file:  # readers check the first bytes: the file need not be compressed
            file.write(struct.pack(">%dI" % (1 + len(shape)), magic, *shape) + bytes(count))
    done = subprocess.run([nnc, "check", path], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
    return "" if done.returncode == 0 else done.stdout.decode(errors="replace") or "exit code %d" % done.returncode


def declared(code):
    return re.findall(r"^ *%s (\w+)" % DECLARATION, code, re.M)


examples = [(line, "\n".join(body)) for line, _, body in markdown.blocks(text)]
prose = re.sub(r"^```.*?^```", lambda block: re.sub(r"[^\n]", "", block.group()), text, flags=re.M | re.S)
for line, words in enumerate(prose.split("\n"), 1):
    for span in re.findall(r"`([^`]+)`", words):
        if re.match(DECLARATION + r" \w+.*[={]", span) and "…" not in span and not re.search(r"\bexpression\b", span):
            examples.append((line, span))
with tempfile.TemporaryDirectory() as folder:
    earlier = []
    for line, code in examples:
        own = declared(code)
        needed = [block for block in earlier if any(re.search(r"\b%s\b" % name, code) and name not in own for name in declared(block))]
        wrong = check("\n".join(needed + [code]), folder)
        if wrong:
            problems.append("LANGUAGE.md:%d:\n%s" % (line, wrong))
        if re.search(r"^(data|model) ", code, re.M):
            earlier.append(code)


def parts(listed):
    """The parameters of a list, without their shapes."""
    found, depth = [""], 0
    for c in listed:
        depth += (c in "([{") - (c in ")]}")
        if c == "," and depth == 0:
            found.append("")
        else:
            found[-1] += c
    return [re.sub(r":\s*\[[^]]*\]", "", " ".join(part.split())) for part in found if part.strip()]


def closed(text, start):
    """The text in the brackets that open at `start`."""
    depth = 0
    for end in range(start, len(text)):
        depth += (text[end] == "(") - (text[end] == ")")
        if depth == 0:
            return text[start + 1:end]
    raise SystemExit("no closing bracket: " + text[start:start + 60])


signatures = {}
for path in sorted(glob.glob(os.path.join(source, "compiler", "prelude", "*.nn"))):
    with open(path, encoding="utf-8") as file:
        prelude = file.read()
    for found in re.finditer(r"^%s (\w+)(\()?" % DECLARATION, prelude, re.M):
        signatures[found.group(1)] = parts(closed(prelude, found.end() - 1)) if found.group(2) else []
library = prose[prose.index("## 9 "):prose.index("## 10 ")]
compared = 0
for name, listed in re.findall(r"`(\w+)\(([^`]*)\)`", library):
    shown = parts(listed)
    # Calls with values are examples, not lists of parameters.
    if name not in signatures or any(not re.fullmatch(r"\w+( = .*)?", part) for part in shown):
        continue
    compared += 1
    # A function's first input may be left out, as it is after |>.
    if shown not in (signatures[name], signatures[name][1:]):
        problems.append("LANGUAGE.md shows `%s(%s)`, and the prelude has `%s(%s)`" % (name, listed, name, ", ".join(signatures[name])))


# Words of the language that the reference must explain: those of the grammar, builtin functions, names with a special meaning, sources of
# data.
def found_in(path, pattern):
    with open(os.path.join(source, path), encoding="utf-8") as file:
        return re.findall(pattern, file.read(), re.M)


words = set(found_in("grammar/Nn.g4", r"\w+ : '([a-z]+)' ;") + found_in("compiler/sema/Builtins.def", r'^NNC_\w+\(\w+, "(\w+)", ')
            + found_in("compiler/sema/data/SourceTable.cpp", r'\{"(\w+)", NN_'))
code = " ".join(span for line in prose.split("\n") for span in re.findall(r"`([^`]+)`", line)) + " ".join(body for _, body in examples)
problems += ["LANGUAGE.md does not show `%s`" % word for word in sorted(words) if not re.search(r"\b%s\b" % word, code)]
print("%d examples, %d signatures, %d words" % (len(examples), compared, len(words)))
print("\n".join(problems))
sys.exit(1 if problems or len(examples) < 10 or compared < 40 or len(words) < 90 else 0)
