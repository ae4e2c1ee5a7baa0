#!/usr/bin/env bash
# Writes anew which classes the services load until they are ready (docs/adr/0087): after libraries were raised, or a start loads much that it did not.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
names=archive-cli/src/main/resources/io/valmed/archive/cli/classes-of-starts.txt
classes=$(mktemp -d)
trap 'rm -rf "$classes"' EXIT
ARCHIVE_JAVA_OPTS="-Dbench.classes=$classes" ./archive bench startup --rows 4000 --warm 0 --rounds 1
{
  printf '# What the services load until they are ready; written by benchmarks/record-starts.sh.\n'
  # Not what the JDK's own archive has, nor what the JVM makes up as it goes.
  grep -hv -e 'source: shared objects file$' -e Lambda -e '\$Proxy' -e Generated -e /0x -e ' io\.valmed\.archive\.bench\.' "$classes"/*.classes |
    sed -n 's/^.*\] \([^ ]*\) source: .*$/\1/p' | LC_ALL=C sort -u
} > "$classes/names"
mkdir -p "$(dirname "$names")"
mv "$classes/names" "$names"
printf '%s classes in %s\n' "$(grep -vc '^#' "$names")" "$names"
