#!/usr/bin/env bash
# Builds everything with AddressSanitizer and UndefinedBehaviorSanitizer into build-sanitize, then runs the broken programs, the
# examples and the unit tests in it. Arguments go to lit: test/sanitize.sh --filter=errors
#
# LLVM itself comes from Debian and is not instrumented, so containers that cross into it cannot be tracked, and what it keeps
# until the end of the process counts as no leak. Its allocators poison memory in our objects and do not unpoison it in Debian's, so their poison is
# ignored.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
cmake --preset sanitize >/dev/null
cmake --build build-sanitize
export ASAN_OPTIONS=allow_user_poisoning=0:detect_container_overflow=0:detect_leaks=0:abort_on_error=0:exitcode=99:allocator_may_return_null=1
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1:exitcode=98
export NNC_TIME_FACTOR=20
if [ $# -eq 0 ]; then set -- "--filter=errors/|examples/|resume/|nnc-unit"; fi
exec python3 test/run.py build-sanitize "$@"
