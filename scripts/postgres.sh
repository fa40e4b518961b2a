#!/bin/sh
# Makes sure that PostgreSQL's programs are installed, 15 or later: the embedded default runs a
# private cluster from them. Installs them on a Debian-like machine when it may, else says the one
# command to type. The same places are looked at as by the program (package standalone/cluster).
set -eu

MIN=15
DEBIAN=/usr/lib/postgresql
BIN=${LIANBAN_POSTGRES_BIN:-}

# usable DIR: initdb and postgres are there, postgres is new enough.
usable() {
	[ -x "$1/initdb" ] && [ -x "$1/postgres" ] || return 1
	major=$("$1/postgres" --version 2>/dev/null | sed -n 's/.*(PostgreSQL) \([0-9][0-9]*\).*/\1/p')
	[ -n "$major" ] && [ "$major" -ge "$MIN" ]
}

# found: one of the places has it.
found() {
	if [ -n "$BIN" ]; then
		usable "$BIN"
		return
	fi
	if path=$(command -v initdb 2>/dev/null); then
		usable "$(dirname "$(readlink -f "$path")")" && return 0
	fi
	for dir in "$DEBIAN"/*/bin; do
		usable "$dir" && return 0
	done
	path=$(pg_config --bindir 2>/dev/null) && usable "$path"
}

# The package would also make a cluster of its own and start it as a service; nobody asked for
# that. The setting lasts for this installation only.
install() {
	conf=/etc/postgresql-common/createcluster.d
	cleanup="rm -f $conf/lianban.conf; rmdir $conf 2>/dev/null || true"
	$1 sh -c "
		set -e
		mkdir -p $conf
		trap '$cleanup' EXIT
		echo 'create_main_cluster = false' >$conf/lianban.conf
		export DEBIAN_FRONTEND=noninteractive
		apt-get update -q
		apt-get install -y -q --no-install-recommends postgresql
	"
}

if found; then
	exit 0
fi
if [ -n "$BIN" ]; then
	echo "LIANBAN_POSTGRES_BIN is $BIN, which has no initdb and postgres of version $MIN or later." >&2
	echo "Set it to the folder that has them, or unset it." >&2
	exit 1
fi
if ! command -v apt-get >/dev/null 2>&1; then
	echo "PostgreSQL $MIN or later is needed and was not found (PATH, $DEBIAN/*/bin, pg_config)." >&2
	echo "Install it with this system's package manager; where it is in an unusual place, set" >&2
	echo "LIANBAN_POSTGRES_BIN to the folder with initdb and postgres." >&2
	exit 1
fi
if [ "$(id -u)" -eq 0 ]; then
	sudo=""
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
	sudo="sudo -n"
else
	echo "PostgreSQL $MIN or later is needed. Type this, then the same make command again:" >&2
	echo >&2
	echo "    sudo apt-get install -y postgresql" >&2
	exit 1
fi
echo "PostgreSQL is not installed; installing it with apt-get."
install "$sudo"
if ! found; then
	echo "apt-get has run, but there is still no PostgreSQL $MIN or later in $DEBIAN: the system's version is too old." >&2
	exit 1
fi
