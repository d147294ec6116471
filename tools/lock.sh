#!/usr/bin/env bash
# Rewrites requirements.lock from pyproject.toml: pins and hashes for every platform, no index named.
# One version a package on every Python (fork-strategy fewest), because equal record ids are promised
# for equal lock files. Needs `uv` on the PATH; only a person who changes dependencies runs it.
set -euo pipefail
cd "$(dirname "$0")/.."
uv pip compile pyproject.toml --extra dev --output-file requirements.lock --quiet \
    --universal --fork-strategy fewest --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-emit-find-links --custom-compile-command "tools/lock.sh" "$@"
