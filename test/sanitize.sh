#!/usr/bin/env bash
# Builds everything with sanitizers, then runs tests in it. Arguments go to lit: test/sanitize.sh --filter=errors
#   test/sanitize.sh            AddressSanitizer and UndefinedBehaviorSanitizer, in build-asan: the broken programs, the examples, the
#                               corpora of test/fuzz and the unit tests
#   test/sanitize.sh --thread ThreadSanitizer, in build-tsan: parallel runs, and the runtime's unit tests
#
# LLVM itself comes from Debian and is not instrumented, so containers that cross into it cannot be tracked, and memory that it keeps until
# the end of the process does not count as a leak. Its allocators poison memory in our objects and do not unpoison it in Debian's, so their
# poison is ignored. For the same reason ThreadSanitizer does not see how its threads synchronise: see test/tsan.supp.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
preset=asan
filter="--filter=errors/|examples/|resume/|fuzz/|nnc-unit"
if [ "${1-}" = --thread ]; then
  preset=tsan
  filter="--filter=experiments/|cases/ensemble-race|programs/pieces|unit/.*runtime_test"
  shift
fi
cmake --preset $preset >/dev/null
cmake --build build-$preset
export ASAN_OPTIONS=allow_user_poisoning=0:detect_container_overflow=0:detect_leaks=0:abort_on_error=0:exitcode=99:allocator_may_return_null=1
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1:exitcode=98
export TSAN_OPTIONS=suppressions=$PWD/test/tsan.supp:exitcode=97
export NNC_TIME_FACTOR=20
ulimit -s 65536 # a frame of sanitized code takes several times its size
if [ $# -eq 0 ]; then set -- "$filter"; fi
exec python3 test/run.py build-$preset "$@"
