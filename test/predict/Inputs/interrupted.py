# interrupted.py COMMAND…: runs COMMAND with a standard input that never ends, interrupts it, and prints its output.
import signal
import subprocess
import sys
import time

process = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
time.sleep(1)
process.send_signal(signal.SIGINT)
text = process.stdout.read().decode()  # to its end
print(text + "exit code", process.wait(timeout=60))
