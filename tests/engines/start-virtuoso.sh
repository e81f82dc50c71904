#!/bin/sh
# Starts Virtuoso 7 on loopback, in the foreground, with all its files in one folder.
#   start-virtuoso.sh PORT FOLDER
# Query:        http://127.0.0.1:PORT/sparql
# Update:       http://127.0.0.1:PORT/sparql-auth              digest, dba / dba
# Graph store:  http://127.0.0.1:PORT/sparql-graph-crud-auth   digest, dba / dba
# Its SQL shell:  isql-vt 127.0.0.1:PORT+1 dba dba
# Stop it with Ctrl-C.
set -eu
[ $# -eq 2 ] || { echo "usage: $0 PORT FOLDER" >&2; exit 2; }
port=$1
command -v virtuoso-t >/dev/null || { echo "virtuoso-t is missing: apt install virtuoso-opensource-7-bin" >&2; exit 3; }
mkdir -p "$2"
folder=$(cd "$2" && pwd)

cat >"$folder/virtuoso.ini" <<INI
[Database]
DatabaseFile       = $folder/virtuoso.db
ErrorLogFile       = $folder/virtuoso.log
LockFile           = $folder/virtuoso.lck
TransactionFile    = $folder/virtuoso.trx
xa_persistent_file = $folder/virtuoso.pxa
ErrorLogLevel      = 7
FileExtend         = 200
MaxCheckpointRemap = 2000
TempStorage        = TempDatabase

[TempDatabase]
DatabaseFile       = $folder/virtuoso-temp.db
TransactionFile    = $folder/virtuoso-temp.trx
MaxCheckpointRemap = 2000

[Parameters]
ServerPort         = 127.0.0.1:$((port + 1))
DisableUnixSocket  = 1
NumberOfBuffers    = 20000
MaxDirtyBuffers    = 15000
DirsAllowed        = $folder
ThreadsPerQuery    = 2
MaxQueryMem        = 1G
CheckpointInterval = 0

[HTTPServer]
ServerPort                = 127.0.0.1:$port
ServerRoot                = $folder
ServerThreads             = 10
MaxKeepAlives             = 10
KeepAliveTimeout          = 10
HttpPrintWarningsInOutput = 0
Charset                   = UTF-8

[SPARQL]
ResultSetMaxRows           = 10000000
MaxQueryCostEstimationTime = 0
MaxQueryExecutionTime      = 0
INI

exec virtuoso-t +configfile "$folder/virtuoso.ini" +foreground
