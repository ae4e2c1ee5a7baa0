#!/bin/sh
# Migrates and provisions both databases; waits for the application's tables to be there.
set -eu
archive() { java @/opt/archive/jvm.options -XX:AOTCache=/opt/archive/archive.aot io.valmed.archive.cli.ArchiveMain "$@"; }

archive migrate archive up
archive migrate hot up
until archive provision hot; do
  echo 'setup: hot is not ready to be provisioned (see above); trying again in 10 s' >&2
  sleep 10
done
archive provision archive
