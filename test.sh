#!/usr/bin/env bash
# From a fresh machine to a test report: installs what is missing, builds with warnings as errors, and runs every test.
#   ./test.sh              everything
#   ./test.sh -R fastrp    arguments go to CTest
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=cmake/packages.sh
source cmake/packages.sh
install_packages "${build_packages[@]}" "${test_packages[@]}"
cmake --preset dev -DADJOIN_BENCH=OFF
cmake --build --preset dev
ctest --preset dev --parallel "$(nproc)" "$@"
