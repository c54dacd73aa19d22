# within.py SECONDS MEGABYTES -- COMMAND…: runs it, and fails if it needs more of the processors' time (times NNC_TIME_FACTOR,
# whatever else the machine does meanwhile) or more memory at its largest (not looked at with NNC_TIME_FACTOR: sanitizers take their own).
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
