# Types into a program on its own terminal and prints what it shows: typed.py COMMAND … < KEYS
#
# Each line of KEYS is typed and ended with Enter, once the program has shown a prompt; a line that ends in \ is typed without Enter. \t, \e
# (escape) and \c (Control-C) in it are those keys. Terminal control sequences are left out of the output.
import os
import pty
import re
import select
import sys
import time

PROMPT = re.compile(rb"(nnc|\.\.\.)> $")
CONTROL = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\r|\x07|\x0f")


def shown(raw):
    """The text without cursor movements; a backspace removes the character before it."""
    text = CONTROL.sub(b"", raw)
    while re.search(rb"[^\x08]\x08", text):
        text = re.sub(rb"[^\x08]\x08", b"", text)
    return text


def main():
    keys = [line.rstrip("\n") for line in sys.stdin]
    child, terminal = pty.fork()
    if child == 0:
        os.environ["TERM"] = "vt100"
        os.execvp(sys.argv[1], sys.argv[1:])
    seen = b""
    everything = b""
    deadline = time.monotonic() + 300

    def read(until, quiet):
        """Reads until the output ends with `until` and nothing more comes for a moment."""
        nonlocal seen, everything
        while time.monotonic() < deadline:
            ready, _, _ = select.select([terminal], [], [], quiet)
            if not ready:
                if until is None or until.search(shown(seen)):
                    return True
                continue
            try:
                block = os.read(terminal, 65536)
            except OSError:
                return False
            if not block:
                return False
            seen += block
            everything += block
        return False

    open_ = read(PROMPT, 0.1)
    for line in keys:
        if not open_:
            break
        enter = not line.endswith("\\")
        text = line if enter else line[:-1]
        for name, key in (("\\t", "\t"), ("\\e", "\x1b"), ("\\c", "\x03")):
            text = text.replace(name, key)
        seen = b""
        os.write(terminal, text.encode())
        read(None, 0.3)
        if enter:
            seen = b""
            os.write(terminal, b"\r")
            open_ = read(PROMPT, 0.1)
    if open_:
        os.write(terminal, b"\x04")
        while read(None, 0.5):
            if os.waitpid(child, os.WNOHANG)[0]:
                child = 0
                break
    code = os.waitpid(child, 0)[1] if child else 0
    sys.stdout.buffer.write(shown(everything) + b"\n")
    return 1 if code else 0


if __name__ == "__main__":
    sys.exit(main())
