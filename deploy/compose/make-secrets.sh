#!/bin/sh
# Makes every password once, each into the volume of those who need it; what is there stays.
set -eu
umask 077

# password NAME FOLDER...: one random password into NAME of each folder.
password() {
  name=$1
  shift
  value=
  for folder in "$@"; do
    [ -s "$folder/$name" ] && value=$(cat "$folder/$name")
  done
  [ -n "$value" ] || value=$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')
  for folder in "$@"; do
    [ -s "$folder/$name" ] || printf '%s\n' "$value" > "$folder/$name"
  done
}

cd /secrets
password hot-superuser databases
password archive-superuser databases
password hot-migrator databases setup
password archive-migrator databases setup
password hot-capture capture setup
password hot-purger purge setup
password archive-sink sink setup
password archive-purger purge setup
password archive-reader reader setup
# Services run as 10001; the database images read theirs as a user of their own.
chown -R 10001:10001 setup capture sink purge reader
chmod -R a+rX databases
