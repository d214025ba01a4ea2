#!/usr/bin/env bash
# run.sh SECONDS [TARGET...]: fuzzes every target, or those named, and prints a line for each. There are as many at a time as
# processors, or as AT_A_TIME says. Ends with 1 if one finds something; what it found stands in build/fuzz/findings. Leaks are
# left to the corpus in the asan build, which looks for them once and not after every input.
# Build first: cmake --preset fuzz && cmake --build --preset fuzz
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
seconds=$1
shift
targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then
  for source in tests/fuzz/*_fuzz.cpp; do targets+=("$(basename "$source" _fuzz.cpp)"); done
fi
mkdir -p build/fuzz/findings build/fuzz/logs
# Inputs are small: with a small quarantine and short stacks of allocations there are up to twice as many executions.
export ASAN_OPTIONS="malloc_context_size=5:max_malloc_fill_size=0:quarantine_size_mb=1:thread_local_quarantine_size_kb=16${ASAN_OPTIONS:+:$ASAN_OPTIONS}"

fuzz() {
  local target=$1 seconds=$2 grown log
  grown="build/fuzz/grown/$target"
  log="build/fuzz/logs/$target"
  mkdir -p "$grown"
  local dictionary=()
  [ -f "tests/fuzz/$target.dict" ] && dictionary=("-dict=tests/fuzz/$target.dict")
  if "$(find build/fuzz -name "${target}_fuzz" -type f -perm -u+x | head -1)" "$grown" "tests/fuzz/corpus/$target" \
    "${dictionary[@]}" -max_total_time="$seconds" -detect_leaks=0 -rss_limit_mb=2048 -max_len=4096 -print_final_stats=1 \
    -artifact_prefix="build/fuzz/findings/$target-" >"$log" 2>&1; then
    printf '%-22s %s executions, no findings\n' "$target" "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")"
  else
    printf '%-22s FOUND SOMETHING; see %s\n' "$target" "$log"
    grep -m 3 -e '^fuzz: ' -e 'ERROR: ' -e 'runtime error: ' "$log" >&2 || true
    tail -n 30 "$log" >&2
    for input in build/fuzz/findings/"$target"-*; do
      printf '%s, in base64: %s\n' "$input" "$(base64 -w 0 "$input")" >&2
    done
    return 1
  fi
}
export -f fuzz
printf '%s\n' "${targets[@]}" | xargs -P "${AT_A_TIME:-$(nproc)}" -I{} bash -c "fuzz {} $seconds"
