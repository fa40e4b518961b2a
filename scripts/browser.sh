#!/bin/bash
# The console in a real Chromium against the program in bin/: six people, one hall. Screenshots of each
# screen are written to a folder that is named at the end.
set -euo pipefail
cd "$(dirname "$0")/.."

sh scripts/chromium.sh
export LIANBAN_SCREENSHOTS=${LIANBAN_SCREENSHOTS:-$PWD/web/test/screenshots}
export LIANBAN_PROGRAM=${LIANBAN_PROGRAM:-$PWD/bin/lianban}
rm -rf "$LIANBAN_SCREENSHOTS"
npm --prefix web run --silent browser -- "$@"
echo "Screenshots: $LIANBAN_SCREENSHOTS"
