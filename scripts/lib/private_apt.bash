# shellcheck shell=bash
# The distribution's packages in folders of our own: nothing is installed, /etc/apt is only read. The
# mirrors and keys are those of this computer's apt.

# private_apt FOLDER deb|deb-src [ARCHITECTURE]: makes ready for private_apt_get. Needs the network.
private_apt() {
  local folder
  folder=$(realpath -m "$1")
  mkdir -p "$folder/lists/partial" "$folder/cache/archives/partial"
  distribution_repositories >"$folder/repositories"
  if [ ! -s "$folder/repositories" ]; then
    # An image of a container comes without lists, and apt knows only from these who made a repository.
    local lists="Dir::State::lists=$folder/lists"
    apt-get -qq -o "$lists" -o APT::Sandbox::User=root update || true # a repository of others may fail
    distribution_repositories -o "$lists" >"$folder/repositories"
  fi
  sed "s/^/$2 /" "$folder/repositories" >"$folder/sources.list"
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

# "URI RELEASE COMPONENT" of each repository of the distribution that apt has lists of. Known by who made
# it, not by its address: mirrors have any, also that of a file that names some (mirror+file:).
distribution_repositories() { # APT_OPTION...
  # shellcheck disable=SC2016 # apt's own placeholders
  apt-get "$@" indextargets --format '$(ORIGIN) $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
    awk '$1 ~ /^(Debian|Ubuntu)$/ {print $2, $3, $4}' | sort -u
}

# The address of a mirror of Debian that this computer's apt uses; nothing where it has none.
debian_mirror() {
  # shellcheck disable=SC2016
  apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' 'Origin: Debian' |
    awk '$2 !~ /-(security|updates|backports)$/ {print $1; exit}' | mirror_of_file
}

# An address, or the first one in the file of "mirror+file:/FILE/".
mirror_of_file() {
  local mirror
  read -r mirror || return 0
  if [ "${mirror#mirror+file:}" != "$mirror" ]; then
    mirror=${mirror#mirror+file:}
    mirror=$(awk '!/^[[:space:]]*(#|$)/ {print $1; exit}' "${mirror%/}")
  fi
  echo "$mirror"
}
