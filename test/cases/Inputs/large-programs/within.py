# within.py SECONDS MEBIBYTES COMMAND…: runs a command that must end well within so much of the processors' time and memory.
# NNC_TIME_FACTOR stretches the time, not the memory.
import os
import resource
import subprocess
import sys

seconds, most = float(sys.argv[1]), float(sys.argv[2])
code = subprocess.run(sys.argv[3:]).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
if code:
    sys.exit("within.py: exit code %d" % code)
if used.ru_utime + used.ru_stime > seconds * float(os.environ.get("NNC_TIME_FACTOR", "1")):
    sys.exit("within.py: took %.1f s" % (used.ru_utime + used.ru_stime))
if used.ru_maxrss / 1024 > most and "NNC_TIME_FACTOR" not in os.environ:
    sys.exit("within.py: took %.0f MiB" % (used.ru_maxrss / 1024))
