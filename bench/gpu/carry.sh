#!/usr/bin/env bash
# Makes a folder with everything that run.py and sanitize.py need on a machine without adjoin's sources and packages: the
# programs, the scripts, and the shared libraries that Ubuntu 24.04 lacks as it is installed. CUDA's own are not among
# them: run.py finds the machine's.
#   bench/gpu/carry.sh FOLDER [BUILD]     BUILD: build/dev if not given; of the targets adjoin_command, cuda_test, gpu_bench
set -euo pipefail

if [ $# -lt 1 ] || [ $# -gt 2 ]; then
  echo "usage: bench/gpu/carry.sh FOLDER [BUILD]" >&2
  exit 2
fi
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=$1
build=${2:-$here/../../build/dev}
most_bytes=$((50 * 1024 * 1024))

programs=("$build/adjoin" "$build/tests/cuda_test" "$build/bench/gpu/gpu_bench")
for program in "${programs[@]}"; do
  if [ ! -x "$program" ]; then
    echo "error: $program is not there; build it: ninja -C $build adjoin_command cuda_test gpu_bench" >&2
    exit 1
  fi
done
if [ -e "$folder" ] && [ ! -e "$folder/run.py" ] && [ -n "$(ls -A "$folder")" ]; then
  echo "error: $folder holds something else; name another folder" >&2
  exit 2
fi
rm -rf "$folder"
mkdir -p "$folder/lib"

for program in "${programs[@]}"; do
  strip -o "$folder/$(basename "$program")" "$program"
done
cp "$here"/*.py "$folder/"

# The C and C++ libraries have to be the machine's; CUDA's and the driver's as well.
machines='/(ld-linux[^/]*|lib(c|m|dl|rt|pthread|resolv|util|anl|nsl|mvec|stdc\+\+|gcc_s|cuda|cudart|cublas|cublasLt|cusparse|nvJitLink)\.so[^/]*)$'
lacking=$(ldd "${programs[@]}" | grep 'not found' || true)
if [ -n "$lacking" ]; then
  echo "warning: not found here, so they have to be there: $(echo "$lacking" | awk '{print $1}' | sort -u | tr '\n' ' ')" >&2
fi
ldd "${programs[@]}" | awk '$2 == "=>" && $3 ~ /^\// {print $3}' | sort -u | grep -Ev "$machines" | while read -r library; do
  strip --strip-unneeded -o "$folder/lib/$(basename "$library")" "$library"
done

bytes=$(du -sb "$folder" | cut -f1)
echo "$folder: $((bytes / 1024 / 1024)) MiB, $(ls "$folder/lib" | wc -l) libraries"
if [ "$bytes" -gt "$most_bytes" ]; then
  echo "error: that is more than $((most_bytes / 1024 / 1024)) MiB" >&2
  exit 1
fi
