#!/usr/bin/env bash
# Prints a Python of version 3.12 or newer: on the path, under pyenv, or one that uv installs.
set -eu
good() { "$1" -c 'import sys; sys.exit(not ((3, 12) <= sys.version_info[:2] <= (3, 14)))' >/dev/null 2>&1; }
for candidate in python3.13 "$HOME"/.pyenv/versions/3.13*/bin/python python3.12 "$HOME"/.pyenv/versions/3.1[24]*/bin/python python3.14 python3; do
  if command -v "$candidate" >/dev/null 2>&1 && good "$candidate"; then
    command -v "$candidate"
    exit 0
  fi
done
tools=$(mktemp -d)
python3 -m venv "$tools" && "$tools/bin/pip" install --quiet uv >&2
"$tools/bin/uv" python install 3.13 >&2
"$tools/bin/uv" python find 3.13
