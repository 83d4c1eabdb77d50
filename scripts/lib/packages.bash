# shellcheck shell=bash
# Installs what is missing with apt: Debian 12, Debian 13, Ubuntu 24.04. Asks the network nothing
# when nothing is missing, so that everything works offline once it is there.

# What the build needs.
build_packages=(
  g++ cmake ninja-build ccache pkg-config
  libcli11-dev libfmt-dev libexpected-dev libpugixml-dev rapidjson-dev libtomlplusplus-dev
  libcpp-httplib-dev
  libcurl4-openssl-dev libssl-dev zlib1g-dev libarchive-dev doctest-dev
)
# What the sandbox's machines are made of: they boot from this host's own /usr.
machine_packages=(systemd systemd-container dbus iproute2 curl ca-certificates tar gzip openssl)
# What the static build and the packages need more; dpkg-dev unpacks source packages.
static_packages=(dpkg-dev libzstd-dev liblzma-dev ca-certificates)
package_packages=("${static_packages[@]}" rpm git)
cross_packages=(g++-aarch64-linux-gnu qemu-user-static)
# What only the tests need.
test_packages=(
  "${package_packages[@]}" lintian
  binutils git clang libclang-rt-dev shellcheck strace jq dash busybox python3-venv elixir
  debootstrap tinyproxy-bin faketime nodejs
)
# What one of the distributions lacks; a test that wants one of these says so when it is skipped.
# The formatter and the linter are of one version, since each version finds other things.
optional_packages=(
  clang-format-14 clang-tidy-14 awscli valgrind
  # What cloud-init imports; it is itself only unpacked, since it would run at each boot.
  python3-configobj python3-jinja2 python3-jsonpatch python3-jsonschema python3-netifaces
  python3-oauthlib python3-requests python3-serial python3-yaml
)

# install_for cross|demo|package|test: what is missing for it.
install_for() {
  local needed=("${build_packages[@]}") wanted=()
  case $1 in
    cross) needed+=("${cross_packages[@]}") ;;
    package) needed+=("${package_packages[@]}") ;;
    *) needed+=("${machine_packages[@]}") ;;
  esac
  mapfile -t needed < <(missing "${needed[@]}")
  if [ "$1" = test ]; then
    mapfile -t -O ${#needed[@]} needed < <(missing "${test_packages[@]}")
    mapfile -t wanted < <(missing "${optional_packages[@]}" | known)
  fi
  if [ ${#needed[@]} -gt 0 ] && [ "$(printf '%s\n' "${needed[@]}" | known | wc -l)" -lt ${#needed[@]} ]; then
    as_root "refreshing apt's lists" apt-get -qq update
    [ "$1" != test ] || mapfile -t wanted < <(missing "${optional_packages[@]}" | known)
  fi
  needed+=("${wanted[@]}")
  [ ${#needed[@]} -eq 0 ] || install "${needed[@]}"
}

missing() { # PACKAGE...: those that are not installed, one a line
  local package
  for package in "$@"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
  done
}

known() { # reads names; prints those that apt could install
  local package
  while read -r package; do
    [[ $(apt-cache policy "$package" 2>/dev/null) != *"Candidate: "[!\(]* ]] || echo "$package"
  done
}

install() {
  if ! command -v apt-get >/dev/null; then
    echo "no apt here; please install what provides: $*" >&2
    return 1
  fi
  if ! can_be_root; then
    echo "these packages are missing, and only root can install them, who is not here: $*" >&2
    return 1
  fi
  echo "installing: $*" >&2
  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install)
  as_root "installing packages" "${apt[@]}" "$@" >&2 && return 0
  # Old lists name files that are gone from the mirrors.
  as_root "refreshing apt's lists" apt-get -qq update
  as_root "installing packages" "${apt[@]}" "$@" >&2
}

can_be_root() { [ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null; }

as_root() { # WHY COMMAND...
  local why=$1
  shift
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    echo "sudo, since $why needs root: $*" >&2
    sudo "$@"
  else
    echo "$why needs root, and there is no sudo; please run as root: $*" >&2
    return 1
  fi
}
