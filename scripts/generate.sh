#!/bin/sh
# Runs the generators: SQL (sqlc) and the HTTP API (oapi-codegen), at the versions of tools/go.mod,
# which the product's own go.mod never sees; then the console's client, at the version of its lock file.
#
#   scripts/generate.sh            writes the generated code
#   scripts/generate.sh --verify   generates elsewhere and fails when the committed code differs
set -eu
cd "$(dirname "$0")/.."

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
(cd tools && CGO_ENABLED=0 go build -o "$tmp/bin/" \
	github.com/sqlc-dev/sqlc/cmd/sqlc github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen)

# The generators read and write in a copy, so that a failing one leaves no half-written code.
mkdir -p "$tmp/src/store" "$tmp/src/api"
cp sqlc.yaml "$tmp/src/"
cp -R store/migrations store/queries "$tmp/src/store/"
cp api/openapi.yaml api/oapi-codegen.yaml "$tmp/src/api/"
mkdir -p "$tmp/src/api/gen"
(cd "$tmp/src" && "$tmp/bin/sqlc" generate && "$tmp/bin/oapi-codegen" -config api/oapi-codegen.yaml api/openapi.yaml)

if [ "${1:-}" != --verify ]; then
	rm -rf store/dbsqlc
	cp -R "$tmp/src/store/dbsqlc" store/dbsqlc
	cp "$tmp"/src/api/gen/*.go api/gen/
	scripts/console.sh --generate
	exit 0
fi
status=0
diff -r -u store/dbsqlc "$tmp/src/store/dbsqlc" || status=1
diff -r -u api/gen "$tmp/src/api/gen" || status=1
if [ $status -ne 0 ]; then
	echo "The committed generated code is not what the generators make of its sources (diff above: - committed, + generated)." >&2
	echo "Change the source, not the output, then run: make generate" >&2
	exit 1
fi
scripts/console.sh --verify
