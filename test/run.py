# run.py BUILD [LIT ARGUMENTS…]: runs every test of a build, GoogleTest executables and lit's text tests, in one run of lit.
#
# The last line printed is `N passed, N failed, N skipped`; the exit code is 0 only when nothing failed and something ran. Arguments after
# BUILD go to lit, for example --filter=errors or -v.
import os
import re
import resource
import subprocess
import sys
import time

LIT = "/usr/lib/llvm-19/build/utils/lit/lit.py"
PASSED = {"Passed", "Passed With Retry", "Expectedly Failed"}
FAILED = {"Failed", "Timed Out", "Unresolved", "Unexpectedly Passed"}
SKIPPED = {"Unsupported", "Skipped"}
# A test that would use the whole machine's memory fails instead; sanitizers reserve more than they use.
MEMORY = 12 << 30


def main():
    if len(sys.argv) < 2:
        sys.exit("usage: run.py BUILD [LIT ARGUMENTS…]")
    build = os.path.abspath(sys.argv[1])
    suites = [os.path.join(build, "test", "unit"), os.path.join(build, "test")]
    command = [sys.executable, LIT, "-sv", *sys.argv[2:], *suites]
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    if not build.endswith("san"):
        # A browser reserves more, and may raise its own limit again.
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
    start = time.monotonic()
    lit = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    for line in lit.stdout:
        sys.stdout.buffer.write(line)
        sys.stdout.flush()
        # lit's summary: "  Passed     : 123 (98.40%)"
        found = re.match(r"\s*([A-Z][A-Za-z ]+?)\s*:\s*(\d+)\b", line.decode(errors="replace"))
        if found:
            kind, number = found.group(1), int(found.group(2))
            for name, kinds in (("passed", PASSED), ("failed", FAILED), ("skipped", SKIPPED)):
                counts[name] += number if kind in kinds else 0
    code = lit.wait()
    if code != 0 and counts["failed"] == 0:
        counts["failed"] = 1  # lit itself failed
    print("tests took %.0f s" % (time.monotonic() - start))
    print("%(passed)d passed, %(failed)d failed, %(skipped)d skipped" % counts, flush=True)
    sys.exit(0 if counts["failed"] == 0 and counts["passed"] > 0 else 1)


main()
