# Checks that every picture is shown as the first one is stored.
import sys

lines = sys.stdin.read().split("\n")[1:-1]
print(lines)
sys.exit(0 if len(lines) == 31 and set(lines) == {"10,20,30,40,50,60"} else 1)
