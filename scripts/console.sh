#!/bin/bash
# Builds the console (web/) into web/dist, which the program embeds. Nothing is done when nothing has
# changed since. Without Node the program is built without a console, and says so: only --require
# makes that an error.
#
#   console.sh [--require]   install the exact packages of the lock file (no install scripts) and build
#   console.sh --generate    generate the client (web/src/api/gen) from api/openapi.yaml
#   console.sh --verify      fail when generating it would change it
set -euo pipefail
cd "$(dirname "$0")/.."

usable() {
	command -v npm >/dev/null 2>&1 && command -v node >/dev/null 2>&1 &&
		node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'
}

if ! usable; then
	echo "The console needs Node 20.19 or later and npm; $(node --version 2>/dev/null || echo none) was found. The program is built without it." >&2
	[ -z "${1:-}" ]
	exit
fi

# packages installs what the lock file names, once per lock file.
packages() {
	local stamp=web/node_modules/.lianban-lock
	cmp -s web/package-lock.json "$stamp" && return
	echo "Installing the console's packages (npm ci)."
	# Engine warnings are expected on Node 20: the code generator names 22, and is tried on 20.
	(cd web && npm ci --loglevel=error)
	cp web/package-lock.json "$stamp"
}

case "${1:-}" in
--generate)
	packages
	(cd web && npx --no-install openapi-ts >/dev/null)
	exit
	;;
--verify)
	packages
	made=$(mktemp -d)
	trap 'rm -rf "$made"' EXIT
	(cd web && npx --no-install openapi-ts -o "$made/gen" >/dev/null)
	diff -r -u web/src/api/gen "$made/gen" || {
		echo "web/src/api/gen is not what api/openapi.yaml gives: run make generate." >&2
		exit 1
	}
	exit
	;;
esac

# The build carries the hash of all it was made of.
sources() {
	{ find web/src web/public -type f; echo web/index.html web/package-lock.json web/vite.config.ts web/tsconfig.json | tr ' ' '\n'; } |
		LC_ALL=C sort | tr '\n' '\0' | xargs -0 sha256sum | sha256sum | cut -d' ' -f1
}

now=$(sources)
if [ -f web/dist/index.html ] && [ "$(cat web/dist/.sources 2>/dev/null)" = "$now" ]; then
	exit
fi
packages
echo "Building the console."
(cd web && npm run --silent build -- --logLevel warn)
echo "$now" >web/dist/.sources
