# terminal.py NAME=VALUE… -- COMMAND…: runs COMMAND on its own terminal and prints what it wrote there, with escapes as \x1b.
import os
import pty
import sys

end = sys.argv.index("--")
child, terminal = pty.fork()
if child == 0:
    os.environ.update(setting.split("=", 1) for setting in sys.argv[1:end])
    os.execvp(sys.argv[end + 1], sys.argv[end + 1:])
text = b""
try:
    while True:
        piece = os.read(terminal, 4096)
        if not piece:
            break
        text += piece
except OSError:  # the terminal's other side is closed
    pass
os.waitpid(child, 0)
print(text.decode(errors="replace").replace("\x1b", "\\x1b").replace("\r", ""))
