# The system packages that adjoin needs, in one place for quickstart.sh, test.sh and .ci/run. Debian 12 or later, Ubuntu 24.04 or later.
# shellcheck shell=bash

build_packages=(g++ cmake ninja-build pkg-config libtbb-dev libfmt-dev libhwy-dev libboost-dev libboost-iostreams-dev
  zlib1g-dev libzstd-dev libexpat1-dev libzip-dev nlohmann-json3-dev libeigen3-dev libspectra-dev libhnswlib-dev librandom123-dev
  libxxhash-dev libcli11-dev
  libcurl4-openssl-dev libssl-dev)
test_packages=(doctest-dev librapidcheck-dev libboost-context-dev python3)
# The report page is tested in a browser, where these are.
report_packages=(chromium chromium-driver python3-jinja2 python3-matplotlib python3-numpy python3-selenium)
developer_packages=(python3-venv python3-dev clang-format-19 clang-tidy-19 clang-19 libclang-rt-19-dev ccache git)

# install_packages NAME...: installs what is missing through apt-get, with sudo where this is not root.
install_packages() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  if ! command -v apt-get >/dev/null; then
    echo "These packages are missing and there is no apt-get to install them: ${missing[*]}" >&2
    return 2
  fi
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "Installing ${missing[*]} needs root, and there is no sudo." >&2; return 2; }
    as_root=(sudo)
  fi
  echo "Installing: ${missing[*]}" >&2
  "${as_root[@]}" apt-get update -qq >&2
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
}
