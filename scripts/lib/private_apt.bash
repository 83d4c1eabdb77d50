# shellcheck shell=bash
# The distribution's packages in folders of our own: nothing is installed, /etc/apt is only read. The
# mirrors and keys are those of this computer's apt.

# private_apt FOLDER deb|deb-src [ARCHITECTURE]: makes ready for private_apt_get. Needs the network.
private_apt() {
  local folder
  folder=$(realpath -m "$1")
  mkdir -p "$folder/lists/partial" "$folder/cache/archives/partial"
  # shellcheck disable=SC2016 # apt's own placeholders
  apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
    awk -v kind="$2" '$1 ~ /(debian|debian-security|ubuntu)\/?$/ {print kind, $0}' | sort -u \
    >"$folder/sources.list"
  if [ ! -s "$folder/sources.list" ]; then
    echo "apt has no mirror of Debian or Ubuntu" >&2
    return 1
  fi
  private_apt_options=(
    -qq -o "Dir::Etc::sourcelist=$folder/sources.list" -o Dir::Etc::sourceparts=/dev/null
    -o "Dir::State::lists=$folder/lists" -o "Dir::Cache=$folder/cache" -o APT::Sandbox::User=root
  )
  [ -z "${3-}" ] || private_apt_options+=(
    -o "APT::Architecture=$3" -o "APT::Architectures=$3" -o Dir::State::status=/dev/null
  )
  private_apt_get update
}

private_apt_get() { apt-get "${private_apt_options[@]}" "$@"; }
