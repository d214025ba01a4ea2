#!/usr/bin/env bash
# From a fresh machine to embeddings: installs what is missing, builds the release binary, and embeds the graph that ships.
#   ./quickstart.sh                          the tour
#   ./quickstart.sh embed my.tsv -o my.npy   any adjoin command
# What it installs and builds is told on standard error; later calls start at once.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=cmake/packages.sh
source "$root/cmake/packages.sh"
adjoin=$root/build/release/adjoin

build() {
  if [ ! -f "$root/build/release/build.ninja" ]; then
    install_packages "${build_packages[@]}"
    echo "Configuring adjoin ..." >&2
    (cd "$root" && cmake --preset release >&2)
  fi
  # Nothing to do is the usual case, and passes without a word.
  [ -x "$adjoin" ] || echo "Building adjoin (a few minutes the first time) ..." >&2
  ninja -C "$root/build/release" --quiet adjoin_command | { grep -v 'no work to do' || true; } >&2
}

tour() {
  local out=adjoin-quickstart
  local graph=$root/data/borders/edges.tsv
  mkdir -p "$out"
  echo "Places of the world and the borders between them:"
  "$adjoin" info "$graph" --quiet
  echo
  echo "A vector for every place:"
  "$adjoin" embed "$graph" -o "$out/borders.npy"
  echo
  echo "The nearest places, by the angle between vectors:"
  "$adjoin" similar "$out/borders.npy" France Texas Bavaria Kenya --top 5 --quiet
  cat <<TEXT

Written: $out/borders.npy (the vectors), $out/borders.names.txt (the names of its rows), $out/borders.npy.run.json (the run).
Try next:
  ./quickstart.sh similar $out/borders.npy Nepal --top 5
  ./quickstart.sh embed YOUR_EDGES.tsv -o yours.npy
  ./quickstart.sh embed --help
TEXT
}

build
if [ $# -gt 0 ]; then
  exec "$adjoin" "$@"
fi
tour
