# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# What tools/run and tools/test share: installing packages, and building one tree at a time. Sourced, not run.
# Everything said here goes to standard error; standard input is never read.

root=$(readlink -f -- "$(dirname -- "${BASH_SOURCE[0]}")/..")
readonly root

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die() {
  say "$@"
  exit 4
}

# The names in a package list.
packages_in() { sed -e 's/#.*//' -e '/^[[:space:]]*$/d' -- "$1"; }

# Those of the packages given that are not installed.
missing_of() {
  local installed
  # dpkg-query fails if it does not know one of them, which is what we want to hear.
  installed=$({ dpkg-query --show --showformat '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null || true; } |
    sed -n 's/ installed$//p')
  comm -23 <(printf '%s\n' "$@" | sort -u) <(sort -u <<<"$installed")
}

# How to become root, if we are not: prints nothing, or the sudo command. Fails where neither is possible.
as_root() {
  [[ $(id -u) -eq 0 ]] && return 0
  command -v sudo >/dev/null || return 1
  # In CI nobody is there to type a password.
  if [[ -n ${CI:-} ]]; then echo sudo -n; else echo sudo; fi
}

apt_install() {
  local sudo
  sudo=$(as_root) || die "not installed: $*. Install them as root: apt-get install $*"
  say "installing: $*"
  # The variable goes through env, because sudo drops what it is not told to keep. $sudo is empty or a few words.
  # shellcheck disable=SC2086
  {
    $sudo apt-get update -qq || say "the package lists could not be refreshed; trying with those there are"
    $sudo env DEBIAN_FRONTEND=noninteractive \
      apt-get install -qq --yes --no-install-recommends -o Dpkg::Use-Pty=0 "$@"
  } </dev/null >&2 || die "apt-get could not install: $*"
}

# need LIST: installs what is missing of tools/packages-LIST.txt. A copy of the list in build/ stamps it as done, so
# that the next call costs nothing until the list changes; forget_packages removes the stamps.
need() {
  local list=$root/tools/packages-$1.txt stamp=$root/build/packages-$1.installed
  cmp -s -- "$list" "$stamp" && return
  local packages missing
  mapfile -t packages < <(packages_in "$list")
  if command -v apt-get >/dev/null; then
    mapfile -t missing < <(missing_of "${packages[@]}")
    if [[ ${#missing[@]} -gt 0 ]]; then apt_install "${missing[@]}"; fi
  else
    say "this is not Debian: what is needed is called ${packages[*]} there"
  fi
  mkdir -p -- "$root/build"
  cp -- "$list" "$stamp"
}

forget_packages() { rm -f -- "$root"/build/packages-*.installed; }

# Holds the one lock of all builds in this checkout until the shell ends. File descriptor 9 is closed in what we run
# (9>&-), so that nothing left in the background keeps the lock.
lock_builds() {
  mkdir -p -- "$root/build" 2>/dev/null && [[ -w $root/build ]] ||
    die "cannot write to $root/build: does it belong to another user?"
  exec 9>"$root/build/.lock"
  flock --nonblock 9 && return
  say "waiting for another build in $root"
  flock 9
}
unlock_builds() { exec 9>&-; }

# is_built TREE TARGET: true if ninja would do nothing.
is_built() {
  [[ -f $root/build/$1/build.ninja ]] || return 1
  local plan
  plan=$(ninja -C "$root/build/$1" -n "$2" 2>/dev/null </dev/null) || return 1
  [[ $plan == *'no work to do'* ]]
}

# configure TREE [CMAKE-OPTION...]: runs cmake if the tree is new or an option given is not the one it was made with.
configure() {
  local tree=$1 stamp=$root/build/$1/options
  shift
  [[ -f $root/build/$tree/build.ninja && "$(cat -- "$stamp" 2>/dev/null)" == "$*" ]] && return
  say "configuring build/$tree"
  (cd -- "$root" && cmake --preset "$tree" "$@" >&2 </dev/null 9>&-) || return
  printf '%s\n' "$*" >"$stamp"
}

# build TREE ARGUMENT...: on a terminal ninja shows its progress in one line.
build() {
  ninja -C "$root/build/$1" "${@:2}" >&2 </dev/null 9>&-
}
