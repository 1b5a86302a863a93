#!/usr/bin/env bash
# What the tests need besides Python and Node: a browser, Korean fonts, gettext, ClamAV, and PostgreSQL and Redis servers from
# Debian, against which the database tests run a second time. Installs what is missing as root; otherwise says what is.
set -eu
packages=()
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || packages+=(chromium)
fc-list 2>/dev/null | grep -qi "cjk" || packages+=(fonts-noto-cjk fontconfig)
command -v xgettext >/dev/null || packages+=(gettext)
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || packages+=(postgresql)
command -v redis-server >/dev/null || command -v valkey-server >/dev/null || packages+=(redis-server)
command -v clamd >/dev/null || [ -x /usr/sbin/clamd ] || packages+=(clamav-daemon)
[ ${#packages[@]} -eq 0 ] && exit 0
if ! command -v apt-get >/dev/null || [ "$(id -u)" -ne 0 ]; then
  echo "The tests need: ${packages[*]} (Debian's package names). Please install them." >&2
  exit 1
fi
echo "installing ${packages[*]} …"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
{ apt-get update -q && apt-get install -y -q --no-install-recommends "${packages[@]}"; } >"$log" 2>&1 || { tail -20 "$log" >&2; exit 1; }
