#!/bin/sh
# Cheap checks of form: Go format and vet, shell scripts, go.mod.
set -eu
cd "$(dirname "$0")/.."
: "${GO:=go}"

wrong=$(gofmt -l .)
if [ -n "$wrong" ]; then
	printf 'gofmt would change:\n%s\n' "$wrong" >&2
	exit 1
fi
"$GO" vet ./...
"$GO" mod tidy -diff
if command -v shellcheck >/dev/null 2>&1; then
	shellcheck scripts/*.sh .ci/run
else
	for script in scripts/*.sh .ci/run; do
		bash -n "$script"
	done
	echo "shellcheck is not installed: shell scripts were only parsed"
fi
