# Install the Debian packages that building and testing need
#
# Checks the packages of dev.d/packages.txt and installs those that are missing. Without root it
# changes nothing and prints the command to run instead.
# shellcheck shell=bash

main() {
  command -v dpkg-query >/dev/null || die 1 \
    "this is no Debian system, so nothing can be installed for you" \
    "the packages of Debian 12 that are needed are listed in dev.d/packages.txt"

  local wanted=() missing=() package
  while read -r package _; do
    [[ -z $package || $package == '#'* ]] || wanted+=("$package")
  done <dev.d/packages.txt
  for package in "${wanted[@]}"; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] ||
      missing+=("$package")
  done

  if ((${#missing[@]} == 0)); then
    step "all ${#wanted[@]} packages are installed"
    return
  fi
  step "${#missing[@]} of ${#wanted[@]} packages are missing: ${missing[*]}"
  if ((EUID != 0)); then
    die 1 "installing packages needs root; run this, then try again:" \
      "  sudo apt-get update && sudo apt-get install --no-install-recommends ${missing[*]}"
  fi
  local options=(-y -o Acquire::Retries=5 -o Dpkg::Use-Pty=0)
  export DEBIAN_FRONTEND=noninteractive
  step 'apt-get update'
  apt-get "${options[@]}" update </dev/null
  step 'apt-get install'
  apt-get "${options[@]}" install --no-install-recommends "${missing[@]}" </dev/null
  step 'packages installed'
}

main "$@"
