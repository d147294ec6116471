#!/usr/bin/env bash
# Usage: system_packages.sh PACKAGE:PROGRAM ...
# Makes sure that each program is there. As root the Debian package is installed; anyone else is told
# in one line what to install. Only tests need this: Assay itself runs without any of these programs.
set -euo pipefail

missing=()
for pair in "$@"; do
    command -v "${pair#*:}" >/dev/null || missing+=("${pair%%:*}")
done
if [ ${#missing[@]} -eq 0 ]; then
    exit 0
fi
mapfile -t missing < <(printf '%s\n' "${missing[@]}" | sort -u)
if [ "$(id -u)" -ne 0 ]; then
    echo "missing programs; install them with: sudo apt-get install ${missing[*]}" >&2
    exit 3
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}"
for pair in "$@"; do
    command -v "${pair#*:}" >/dev/null || { echo "${pair%%:*} was installed but ${pair#*:} is missing" >&2; exit 3; }
done
