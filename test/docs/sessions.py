# sessions.py [--update] NNC DOCUMENT: runs the commands of a document next to its programs, and compares the output with the document.
#
# A block that begins with `$ nnc …` is a session: each such line is run, and the lines below it are its output. Numbers may differ as
# between processors with different vectors (`near`), times by any amount; `…` means any lines. A block of the kind `nn` below a line that
# names a program, `[descent.nn](descent.nn)`, contains lines of that program. `--update` writes the output into the document, except in
# outputs with a `…`.
import concurrent.futures
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "tools"))
import markdown

LIMIT = 300  # seconds
NUMBER = re.compile(r"[-−]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?")
TIME = re.compile(r"\b\d+(\.\d+)? (us|µs|ms|s|min)\b( \d+ s\b)?|\d+(\.\d+)? s\b")


def near(a, b):
    """Whether two numbers are equal except for rounding, which training magnifies."""
    x, y = (float(n.replace("−", "-").replace(",", "")) for n in (a, b))
    return abs(x - y) <= 0.005 + 0.05 * max(abs(x), abs(y))


def same(shown, printed):
    """Whether a line of the document matches the printed line."""
    shown, printed = (re.sub(r" +", " ", TIME.sub("TIME", line)).rstrip() for line in (shown, printed))
    if NUMBER.sub("#", shown) != NUMBER.sub("#", printed):
        return False
    return all(near(a, b) for a, b in zip(NUMBER.findall(shown), NUMBER.findall(printed)))


def difference(shown, printed):
    """The first line of `shown` that is not printed, or None; `…` skips lines."""
    at = 0
    skipping = False
    for line in shown:
        if line.strip() == "…":
            skipping = True
            continue
        while skipping and at < len(printed) and not same(line, printed[at]):
            at += 1
        if at == len(printed) or not same(line, printed[at]):
            return "shown:   %s\nprinted: %s" % (line, printed[at] if at < len(printed) else "(nothing more)")
        at += 1
        skipping = False
    return None if skipping or at == len(printed) else "not shown: " + printed[at]


def run(nnc, command, folder):
    words = shlex.split(command)
    if words[0] == "nnc":
        words[0] = nnc
    elif words[0].startswith("./"):
        words[0] = os.path.join(folder, words[0])
    done = subprocess.run(words, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=LIMIT)
    if done.returncode < 0:
        return ["ended by signal %d" % -done.returncode]
    return done.stdout.decode().rstrip("\n").split("\n") if done.stdout else []


def session(nnc, body, home):
    """Runs a block's commands in a copy of the document's folder; returns the new block and the problems of the old one."""
    commands = []
    for line in body:
        if line.startswith("$ "):
            commands.append((line, []))
        else:
            commands[-1][1].append(line)
    new, problems = [], []
    with tempfile.TemporaryDirectory() as scratch:
        # A copy of the folder next to links to its neighbours, so that the programs find `../data`.
        for name in os.listdir(os.path.dirname(home)):
            if os.path.join(os.path.dirname(home), name) != home:
                os.symlink(os.path.join(os.path.dirname(home), name), os.path.join(scratch, name))
        folder = os.path.join(scratch, os.path.basename(home))
        shutil.copytree(home, folder)
        for line, shown in commands:
            try:
                printed = run(nnc, line[2:], folder)
            except (OSError, subprocess.TimeoutExpired) as problem:
                printed = [str(problem)]
            wrong = difference(shown, printed)
            if wrong:
                problems.append("%s\n%s" % (line, wrong))
            new += [line] + (printed if wrong and not any(s.strip() == "…" for s in shown) else shown)
    return new, problems


def excerpts(text, home):
    """Problems of the blocks of programs: their lines must be consecutive lines of the program named last above them."""
    lines = text.split("\n")
    for number, info, body in markdown.blocks(text):
        if info != "nn":
            continue
        named = [n for line in lines[:number - 1] for n in re.findall(r"\]\(([\w/.-]+\.nn)\)", line)]
        if not named:
            yield "line %d: no program is named above this block" % number
            continue
        with open(os.path.join(home, named[-1]), encoding="utf-8") as file:
            program = file.read().split("\n")
        if not any(program[i:i + len(body)] == body for i in range(len(program))):
            yield "line %d: these lines do not stand in %s" % (number, named[-1])


def main():
    update = "--update" in sys.argv
    nnc, document = [a for a in sys.argv[1:] if a != "--update"]
    nnc, home = os.path.abspath(nnc), os.path.dirname(os.path.abspath(document))
    with open(document, encoding="utf-8") as file:
        text = file.read()
    sessions = [(number, body) for number, info, body in markdown.blocks(text) if body and body[0].startswith("$ ")]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda one: session(nnc, one[1], home), sessions))
    problems = list(excerpts(text, home))
    run_here = " ".join(line for _, body in sessions for line in body if line.startswith("$ "))
    problems += ["no session runs " + name for name in sorted(os.listdir(home)) if name.endswith(".nn") and name not in run_here]
    lines = text.split("\n")
    for (number, body), (new, wrong) in reversed(list(zip(sessions, results))):
        problems += ["line %d: %s" % (number, one) for one in wrong]
        lines[number - 1:number - 1 + len(body)] = new
    if update:
        with open(document, "w", encoding="utf-8") as file:
            file.write("\n".join(lines))
    print("%d sessions" % len(sessions))
    print("\n".join(problems))
    sys.exit(1 if problems or not sessions else 0)


if __name__ == "__main__":
    main()
