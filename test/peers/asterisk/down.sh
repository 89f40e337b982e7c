#!/usr/bin/env bash
# down.sh DIR [now|gracefully|kill]   stop the exchange that up.sh started in DIR
set -euo pipefail
DIR=$(cd "$1" && pwd); how=${2:-now}
[ -e "$DIR/run/asterisk.pid" ] || exit 0
pid=$(cat "$DIR/run/asterisk.pid")
kill -0 "$pid" 2>/dev/null || exit 0
case $how in
  kill) kill -9 "$pid";;
  *) "$DIR/asterisk" -rx "core stop $how" >/dev/null 2>&1 || kill "$pid";;
esac
for _ in $(seq 100); do kill -0 "$pid" 2>/dev/null || exit 0; sleep 0.1; done
kill -9 "$pid" 2>/dev/null || true
