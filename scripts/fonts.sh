#!/bin/sh
# Makes sure that fonts for letters as PDF are installed: TrueType outlines with Chinese, letters and
# the rare characters of names. Installs them on a Debian-like machine when it may. Without fonts the
# product works: letters are then made as HTML alone. So this never fails, except with --require.
set -eu

DIR=/usr/share/fonts/truetype
PACKAGES="fonts-droid-fallback fonts-dejavu-core fonts-hanazono"

found() {
	[ -n "${LIANBAN_FONTS:-}" ] && return 0
	[ -r "$DIR/droid/DroidSansFallbackFull.ttf" ] && [ -r "$DIR/dejavu/DejaVuSans.ttf" ] &&
		[ -r "$DIR/hanazono/HanaMinA.ttf" ] && [ -r "$DIR/hanazono/HanaMinB.ttf" ]
}

# without WHY: says what is missing and what follows.
without() {
	echo "Fonts for letters as PDF are not installed ($1)." >&2
	echo "On Debian: sudo apt-get install -y $PACKAGES" >&2
	echo "Elsewhere name .ttf files in LIANBAN_FONTS, separated by colons. Without fonts letters are made as HTML alone." >&2
	if [ "${2:-}" = --require ]; then
		exit 1
	fi
	exit 0
}

if found; then
	exit 0
fi
command -v apt-get >/dev/null 2>&1 || without "this is no Debian-like system" "${1:-}"
if [ "$(id -u)" -eq 0 ]; then
	sudo=""
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
	sudo="sudo -n"
else
	without "installing them needs root" "${1:-}"
fi
echo "Fonts for letters are not installed; installing them with apt-get."
$sudo sh -c "
	set -e
	export DEBIAN_FRONTEND=noninteractive
	apt-get update -q
	apt-get install -y -q --no-install-recommends $PACKAGES
" || without "apt-get failed" "${1:-}"
found || without "the packages put them elsewhere" "${1:-}"
