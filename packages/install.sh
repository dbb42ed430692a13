#!/bin/sh
# Installs Hustings for the user who runs it:
#
#   curl -fsSL https://github.com/hustings/hustings/releases/latest/download/install.sh | sh
#
# HUSTINGS_VERSION       the version to install, as in 0.1.0; the latest where it is not set
# HUSTINGS_INSTALL_DIR   where the program goes; ~/.local/bin where it is not set
# HUSTINGS_INSTALL_URL   where the files of the release are, instead of GitHub
#
# Nothing is changed unless the download has the checksum that the release names. All of it is a
# function that the last line calls: a script that arrives by half does nothing.

set -u

say() { printf '%s\n' "$*"; }

fail() {
  printf 'hustings: %s\n' "$*" >&2
  exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

# The binary of this machine's platform, as the release names it.
name_file() {
  system=$(uname -s) || fail "uname does not tell this system: download the binary by hand"
  machine=$(uname -m) || fail "uname does not tell this processor: download the binary by hand"
  case $system in
    Linux) os=linux ;;
    Darwin) os=macos ;;
    MINGW* | MSYS* | CYGWIN*) fail "on Windows ($system) run install.ps1 in PowerShell instead" ;;
    *) fail "there is no binary for the system '$system': Linux, macOS and Windows have one" ;;
  esac
  case $machine in
    x86_64 | amd64) arch=x64 ;;
    aarch64 | arm64) arch=arm64 ;;
    *) fail "there is no binary for the processor '$machine': x86_64 and arm64 have one" ;;
  esac
  # A shell that Rosetta translates is told of an Intel processor.
  if [ "$os-$arch" = macos-x64 ] && [ "$(sysctl -n sysctl.proc_translated 2>/dev/null)" = 1 ]; then
    arch=arm64
  fi
  if [ "$os" = linux ] && has ldd && ldd --version 2>&1 | grep -qi musl; then
    fail "there is no binary for a Linux with musl ($machine): it needs glibc"
  fi
  file=hustings-$os-$arch
}

name_place() {
  version=${HUSTINGS_VERSION:-latest}
  releases=https://github.com/hustings/hustings/releases
  case $version in
    latest) url=$releases/latest/download ;;
    v*) fail "HUSTINGS_VERSION is '$version': leave out the v, as in ${version#v}" ;;
    *[!A-Za-z0-9.+-]*) fail "HUSTINGS_VERSION is '$version', which is no version: write it as in 0.1.0" ;;
    *) url=$releases/download/v$version ;;
  esac
  url=${HUSTINGS_INSTALL_URL:-$url}
  url=${url%/}
  directory=${HUSTINGS_INSTALL_DIR:-}
  if [ -z "$directory" ]; then
    [ -n "${HOME:-}" ] || fail "HOME is not set: name a directory in HUSTINGS_INSTALL_DIR"
    directory=$HOME/.local/bin
  fi
  case $directory in
    /*) ;;
    *) fail "HUSTINGS_INSTALL_DIR is '$directory': write it from the root, as in $PWD/$directory" ;;
  esac
  directory=${directory%/}
}

# Removes what is not to stay: the downloads, and directories that were made and got no program.
tidy() {
  if [ -n "$work" ]; then rm -rf "$work"; fi
  while [ "$directory" != "$stood" ] && rmdir "$directory" 2>/dev/null; do
    directory=${directory%/*}
  done
}

make_room() {
  work=
  stood=$directory
  while [ -n "$stood" ] && [ ! -e "$stood" ]; do stood=${stood%/*}; done
  trap tidy EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  mkdir -p "$directory" 2>/dev/null ||
    fail "the directory $directory cannot be made: name another one in HUSTINGS_INSTALL_DIR"
  work=$(mktemp -d "$directory/.hustings.XXXXXX" 2>/dev/null) ||
    fail "nothing can be written in $directory: name another directory in HUSTINGS_INSTALL_DIR"
}

# download URL FILE
download() {
  if has curl; then
    curl -fsSL --retry 2 -o "$2" "$1"
  elif has wget; then
    wget -q -O "$2" "$1"
  else
    fail "neither curl nor wget is on the PATH: install one of them, or download $1 by hand"
  fi || fail "$1 could not be downloaded: is there such a version, and a connection?"
}

sum_of() {
  if has sha256sum; then
    sum=$(sha256sum "$1")
  elif has shasum; then
    sum=$(shasum -a 256 "$1")
  elif has openssl; then
    sum=$(openssl dgst -sha256 -r "$1")
  else
    fail "no sha256sum, shasum or openssl is on the PATH to check the download: install one of them"
  fi || fail "the checksum of $1 could not be made"
  sum=${sum%% *}
}

verify() {
  wanted=
  while read -r hash name; do
    # A star marks bytes that are taken as they are.
    if [ "${name#\*}" = "$file" ]; then wanted=$hash; fi
  done <"$work/SHA256SUMS"
  [ -n "$wanted" ] || fail "$url/SHA256SUMS names no checksum of $file: nothing was installed"
  sum_of "$work/$file"
  [ "$sum" = "$wanted" ] ||
    fail "$file has the checksum $sum instead of $wanted: nothing was installed; try again"
}

# Beside its place and then moved: whoever runs the old one keeps it, and nobody sees half of the new one.
put() {
  chmod 755 "$work/$file" || fail "$work/$file cannot be made a program"
  if [ "$os" = macos ] && has xattr && xattr -p com.apple.quarantine "$work/$file" >/dev/null 2>&1; then
    xattr -d com.apple.quarantine "$work/$file"
  fi
  installed=$("$work/$file" --version </dev/null) ||
    fail "$file does not run on this machine ($system $machine): nothing was installed"
  mv -f "$work/$file" "$directory/hustings" ||
    fail "$directory/hustings cannot be written: name another directory in HUSTINGS_INSTALL_DIR"
}

tell_path() {
  case :${PATH:-}: in
    *:"$directory":*) return ;;
  esac
  say "$directory is not on your PATH. Add it, in the file that your shell reads at its start:"
  # shellcheck disable=SC2016 # the shell that reads the line is to see the variable
  case ${SHELL:-} in
    */fish) say "  fish_add_path '$directory'" ;;
    *) say "  export PATH=\"$directory:\$PATH\"" ;;
  esac
}

main() {
  name_file
  name_place
  make_room
  say "Downloading $file ($version) ..."
  download "$url/SHA256SUMS" "$work/SHA256SUMS"
  download "$url/$file" "$work/$file"
  verify
  put
  say "Installed hustings $installed as $directory/hustings"
  tell_path
  say "next: hustings install"
}

main "$@"
