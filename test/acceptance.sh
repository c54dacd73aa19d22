#!/usr/bin/env bash
# The long acceptance test on real data, with its outputs: every sample program reaches its figure, both ways, bit for bit; stages; kill and
# resume; gradients; times and sizes; broken programs; a NaN. Prints its findings and ends with 0 if all checks pass.
#
#   test/acceptance.sh [SECTION…] sections: programs stages resume gradients speed broken nan; all if none is named
#
# Needs a build (./bootstrap build) and the sample programs and data in ../shared, or in the folder that NNC_SHARED names.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
nnc=$PWD/build/bin/nnc
nn_opt=$PWD/build/bin/nn-opt
tools=$PWD/test/tools
shared=$(cd "${NNC_SHARED:-../shared}" && pwd)
programs=$shared/programs
out=$PWD/build/acceptance
mkdir -p "$out"
failures=0

section() { printf '\n=== %s\n' "$*"; }
holds() { # TEXT COMMAND…
  local text=$1 start=$SECONDS
  shift
  if "$@" >"$out/log" 2>&1; then
    printf 'ok    %s (%d s)\n' "$text" $((SECONDS - start))
  else
    printf 'FAIL  %s\n' "$text"
    failures=$((failures + 1))
  fi
  sed 's/^/      /' "$out/log"
}
say_ms() { # TEXT LIMIT-MS COMMAND…: the best of five
  local text=$1 limit=$2
  shift 2
  python3 - "$text" "$limit" "$@" <<'PY' || failures=$((failures + 1))
import subprocess, sys, time
text, limit, command = sys.argv[1], float(sys.argv[2]), sys.argv[3:]
times = []
for _ in range(5):
    start = time.monotonic()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    times.append(1e3 * (time.monotonic() - start))
print("%-5s %s: %.0f ms (best of five: %s), limit %.0f ms" % (
    "ok" if min(times) <= limit else "FAIL", text, min(times), " ".join("%.0f" % t for t in times), limit))
sys.exit(min(times) > limit)
PY
}

run_programs() {
  section "sample programs: in memory and compiled, 1 and 2 threads, the same weights, the figure of the first lines"
  local all=run1,run2,aot1,aot2
  both() { python3 "$tools/bothways.py" --nnc "$nnc" --ways $all "$@"; }
  rows() { echo "evaluate $1 on $2 { metric binary_accuracy($1(x), y) }"; }
  holds xor both --dir "$out/xor" "$programs/xor.nn" --append "$(rows net xor)" --expect "binary_accuracy >= 1"
  holds pass_this_class both --dir "$out/pass" "$programs/pass_this_class.nn" --append "$(rows will_pass students)" \
    --expect "binary_accuracy >= 1" --expect "will_pass([4, 5]) > 0.5"
  holds spirals both --dir "$out/spirals" "$programs/spirals.nn" --expect "accuracy >= 0.99"
  holds iris both --dir "$out/iris" "$programs/iris.nn" --expect "accuracy >= 0.913"
  holds housing both --dir "$out/housing" "$programs/housing.nn" --expect "r2 >= 0.75"
  holds digits both --dir "$out/digits" "$programs/digits.nn" --expect "accuracy >= 0.975"
  holds own_parts both --dir "$out/own_parts" "$programs/own_parts.nn" --expect "accuracy >= 0.96"
  holds names_lstm both --dir "$out/names_lstm" "$programs/names_lstm.nn" --expect "accuracy >= 0.99"
  holds gpt python3 "$tools/bothways.py" --nnc "$nnc" --ways run2,aot2 --dir "$out/gpt" "$programs/gpt.nn" --expect "val.loss <= 1.85"
  holds mnist_mlp both --dir "$out/mlp" "$programs/mnist_mlp.nn" --expect "accuracy >= 0.98"
  holds mnist_lenet both --dir "$out/lenet" "$programs/mnist_lenet.nn" --expect "accuracy >= 0.99"
}

run_stages() {
  section "every stage of every sample program; nn-opt reads back nn and grad"
  local name
  for name in xor pass_this_class spirals iris housing digits own_parts mnist_mlp mnist_lenet; do
    holds $name python3 "$tools/stages.py" --nnc "$nnc" --nn-opt "$nn_opt" "$programs/$name.nn"
  done
}

run_resume() {
  section "mnist_mlp: kill -9 during epoch 3, resumed, against a run that nothing disturbed"
  "$nnc" "$programs/mnist_mlp.nn" -o "$out/mnist_mlp" || failures=$((failures + 1))
  holds "killed and resumed" python3 "$tools/killed.py" --dir "$out/killed" --weights mnist_mlp.safetensors --after 2 \
    --delay 0.1 -- "$out/mnist_mlp"
}

run_gradients() {
  section "gradients"
  holds "digits.nn: finite differences, f64" "$nnc" check --gradients "$programs/digits.nn"
  holds "mnist_lenet.nn: finite differences, f64" "$nnc" check --gradients "$programs/mnist_lenet.nn"
  local network precision
  for network in reader lenet; do
    for precision in f32 f64; do
      holds "$network against NumPy, $precision" python3 test/gradients/numpy_step.py --nnc "$nnc" \
        --dir "$out/numpy-$network-$precision" --network $network --precision $precision
    done
  done
}

run_speed() {
  section "times and sizes"
  say_ms "nnc --help" 50 "$nnc" --help
  (cd "$out" && say_ms "mnist_mlp under nnc run, from the source text to the first step" 1000 \
    "$nnc" run --no-cache "$programs/mnist_mlp.nn" --max-steps 1 --epochs 1 --quiet) || failures=$((failures + 1))
  (cd "$out" && "$nnc" run --no-cache --timing "$programs/mnist_mlp.nn" --max-steps 1 --quiet --timing)
  "$nnc" "$programs/mnist_mlp.nn" -o "$out/mnist_mlp" && strip -o "$out/stripped" "$out/mnist_mlp"
  holds "the trainer stripped is under 2 MB: $(stat -c %s "$out/stripped") bytes" test "$(stat -c %s "$out/stripped")" -lt 2000000
  ldd "$out/stripped" | sed 's/^/      /'
  holds "it needs libc, libm, libstdc++, libgcc and zlib alone" \
    bash -c "! ldd '$out/stripped' | grep -vE 'linux-vdso|ld-linux|lib(c|m|stdc\+\+|gcc_s|z)\.so'"
}

run_broken() {
  section "broken programs"
  holds "test/errors" python3 test/run.py build --filter=errors/
}

run_nan() {
  section "a loss that is not finite"
  holds "exit code 1 within a step" python3 "$tools/fails.py" -- "$nnc" run test/errors/run/nan_loss.nn
}

for part in "${@:-programs stages resume gradients speed broken nan}"; do
  for name in $part; do "run_$name"; done
done
printf '\n%s\n' "$([ $failures = 0 ] && echo 'everything holds' || echo "$failures failed")"
[ $failures = 0 ]
