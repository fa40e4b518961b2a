#!/bin/bash
# All tests, cheapest first, so that a mistake shows early. Without an argument everything; with
# "quick" only what needs no servers.
#
# Packages whose tests start PostgreSQL or Temporal are found by their imports, not by a list. They
# run one package at a time: each brings servers of its own, and two cores are few.
set -euo pipefail
cd "$(dirname "$0")/.."
: "${GO:=go}"
mode=${1:-all}
started=$SECONDS

part() {
	local name=$1 began=$SECONDS
	shift
	printf '\n== %s\n' "$name"
	if ! "$@"; then
		printf '\n== %s: FAILED after %d s\n' "$name" $((SECONDS - began)) >&2
		exit 1
	fi
	printf '== %s: ok, %d s\n' "$name" $((SECONDS - began))
}

formatted() {
	local wrong
	wrong=$(gofmt -l .)
	[ -z "$wrong" ] || { printf 'gofmt would change:\n%s\n' "$wrong"; return 1; }
}

# The demonstration checks itself: exit 0 only when everything came out as expected. It takes free ports and a
# folder of its own, and ends what it starts; its letters go with the folder here.
demo() {
	local dir code=0
	dir=$(mktemp -d "${TMPDIR:-/tmp}/lianban-demonstration-XXXXXX")
	chmod 711 "$dir"
	TMPDIR=$dir bin/lianban demo >"$dir/said" 2>&1 || { code=$?; cat "$dir/said"; }
	rm -rf "$dir"
	return $code
}

listed=$("$GO" list -f '{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}} {{join .Imports " "}} {{join .TestImports " "}} {{join .XTestImports " "}}{{end}}' ./...)
servers=() plain=()
while read -r package imports; do
	case " $imports " in
	*" lianban/standalone/"* | *" lianban/standalone "*) servers+=("$package") ;;
	*) plain+=("$package") ;;
	esac
done <<<"$listed"

# -count=1: a test that starts programs depends on more files than the test cache knows. -vet=off:
# vet has run.
part "format" formatted
part "vet" "$GO" vet ./...
part "generated code" scripts/generate.sh --verify
part "unit, property and house tests (${#plain[@]} packages)" \
	"$GO" test -vet=off -count=1 -timeout 10m "${plain[@]}"
part "console: install and build" scripts/console.sh --require
part "console: types, unit tests and texts" npm --prefix web run --silent verify
if [ "$mode" = all ]; then
	part "program with its console" "$GO" build -o bin/lianban ./cmd/lianban
	part "demonstration" demo
	part "console in Chromium" scripts/browser.sh
	part "tests with PostgreSQL and Temporal, end to end and under faults (${#servers[@]} packages)" \
		"$GO" test -vet=off -count=1 -p 1 -timeout 30m "${servers[@]}"
fi
printf '\nAll tests passed in %d s.\n' $((SECONDS - started))
