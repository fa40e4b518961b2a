#!/bin/sh
# Makes sure that a Chromium with Chinese fonts is there for the browser tests. Installs both on a
# Debian-like machine when it may, else says the one command to type.
set -eu

PACKAGES="chromium fonts-noto-cjk"

found() {
	[ -n "${LIANBAN_CHROMIUM:-}" ] && [ -x "$LIANBAN_CHROMIUM" ] && return 0
	for program in /usr/bin/chromium /usr/bin/chromium-browser /usr/bin/google-chrome; do
		[ -x "$program" ] && break
		program=
	done
	[ -n "$program" ] && { ! command -v fc-list >/dev/null 2>&1 || fc-list :lang=zh | grep -q .; }
}

if found; then
	exit 0
fi
if ! command -v apt-get >/dev/null 2>&1; then
	echo "The browser tests need Chromium with Chinese fonts. Install them, or name the program in LIANBAN_CHROMIUM." >&2
	exit 1
fi
if [ "$(id -u)" -eq 0 ]; then
	sudo=""
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
	sudo="sudo -n"
else
	echo "The browser tests need Chromium with Chinese fonts. Type this, then the same make command again:" >&2
	echo >&2
	echo "    sudo apt-get install -y $PACKAGES" >&2
	exit 1
fi
echo "Chromium is not installed; installing it with apt-get."
$sudo sh -c "
	set -e
	export DEBIAN_FRONTEND=noninteractive
	apt-get update -q
	apt-get install -y -q --no-install-recommends $PACKAGES
"
found || {
	echo "apt-get has run, but there is still no Chromium with Chinese fonts." >&2
	exit 1
}
