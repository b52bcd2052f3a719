#!/usr/bin/env bash
# Install Debian packages that are missing, without starting or enabling any of their services.
#   scripts/install-packages.sh PACKAGE...
set -euo pipefail

missing=()
for package in "$@"; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$' || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

command -v apt-get >/dev/null || {
  echo "error: these programs are missing, and there is no apt-get here to install them: ${missing[*]}" >&2
  exit 1
}
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || {
    echo "error: run as root, or install: ${missing[*]}" >&2
    exit 1
  }
  as_root=(sudo)
fi
echo "installing Debian packages: ${missing[*]}" >&2

# What follows changes the machine: it keeps services still while packages are unpacked, and puts that back.
"${as_root[@]}" env "PACKAGES=${missing[*]}" bash -euo pipefail <<'ROOT'
guard=/usr/sbin/policy-rc.d
kept=$(mktemp -d)
log=$kept/apt.log
if [ -e "$guard" ]; then mv "$guard" "$kept/policy-rc.d"; fi
restore() {
  rm -f "$guard"
  if [ -e "$kept/policy-rc.d" ]; then mv "$kept/policy-rc.d" "$guard"; fi
  rm -rf "$kept"
}
trap restore EXIT
printf '#!/bin/sh\nexit 101\n' >"$guard"
chmod +x "$guard"

# PostgreSQL's package would make and run a database cluster of its own.
mkdir -p /etc/postgresql-common/createcluster.d
echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.d/platformctl.conf

dpkg-query -W -f '${Package}\n' | sort >"$kept/before"
export DEBIAN_FRONTEND=noninteractive
{ apt-get update -q && apt-get install -y -q --no-install-recommends $PACKAGES; } >"$log" 2>&1 || {
  tail -n 20 "$log" >&2
  echo "error: apt-get could not install: $PACKAGES" >&2
  exit 1
}
dpkg-query -W -f '${Package}\n' | sort >"$kept/after"

# Installing enables services for the next boot; only what came just now is switched off again.
for package in $(comm -13 "$kept/before" "$kept/after"); do
  for path in $(dpkg -L "$package" | grep -E '/systemd/system/[^/]+\.(service|socket|timer)$' || true); do
    DPKG_MAINTSCRIPT_PACKAGE=$package deb-systemd-helper disable "$(basename "$path")" >/dev/null 2>&1 || true
  done
done
ROOT
