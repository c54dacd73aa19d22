# within.py SECONDS MEGABYTES -- COMMAND…: runs it, and fails if it needs longer (times NNC_TIME_FACTOR) or more memory at its largest.
import os
import resource
import subprocess
import sys
import time

seconds, megabytes = float(sys.argv[1]) * float(os.environ.get("NNC_TIME_FACTOR", "1")), float(sys.argv[2])
begun = time.monotonic()
code = subprocess.run(sys.argv[4:]).returncode
took = time.monotonic() - begun
most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
if took > seconds or most > megabytes:
    sys.exit("within.py: %.1f s and %.0f MB, where %.1f s and %.0f MB are allowed" % (took, most, seconds, megabytes))
sys.exit(code)
