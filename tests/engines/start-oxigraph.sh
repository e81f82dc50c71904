#!/bin/sh
# Starts the Oxigraph server on loopback, in the foreground, with all its files in one folder.
#   start-oxigraph.sh PORT FOLDER
# Query:        http://127.0.0.1:PORT/query
# Update:       http://127.0.0.1:PORT/update
# Graph store:  http://127.0.0.1:PORT/store
# Stop it with Ctrl-C; what was loaded is kept in the folder.
set -eu
[ $# -eq 2 ] || { echo "usage: $0 PORT FOLDER" >&2; exit 2; }
command -v oxigraph >/dev/null || { echo "oxigraph is missing: pip install oxigraph" >&2; exit 3; }
mkdir -p "$2"
exec oxigraph serve --location "$2" --bind "127.0.0.1:$1"
