# within.py SECONDS MEGABYTES -- COMMAND…: runs COMMAND, and fails if it needs more CPU time (times NNC_TIME_FACTOR, independent of the
# machine's load) or a higher peak of memory (not checked with NNC_TIME_FACTOR: sanitizers use their own).
import os
import resource
import subprocess
import sys

seconds, megabytes = float(sys.argv[1]) * float(os.environ.get("NNC_TIME_FACTOR", "1")), float(sys.argv[2])
code = subprocess.run(sys.argv[4:]).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
took, most = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
if took > seconds or most > megabytes and "NNC_TIME_FACTOR" not in os.environ:
    sys.exit("within.py: %.1f s and %.0f MB, where %.1f s and %.0f MB are allowed" % (took, most, seconds, megabytes))
sys.exit(code)
