#!/bin/sh
# Makes every password once; what is there stays.
#   make-secrets.sh            in a container of docker-compose.yml: each into the volume of those who need it (/secrets/*)
#   make-secrets.sh FOLDER     for deploy/compose.external.yml: those of the product's own roles; tells which files only you can give
set -eu
umask 077

# password FILE...: the same random password in each file.
password() {
  value=
  for file in "$@"; do
    [ -s "$file" ] && value=$(cat "$file")
  done
  [ -n "$value" ] || value=$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')
  for file in "$@"; do
    [ -s "$file" ] || printf '%s\n' "$value" > "$file"
  done
}

if [ $# = 0 ]; then
  cd /secrets
  password hot/superuser
  password archive/superuser
  password hot/migrator setup/hot-migrator
  password archive/migrator setup/archive-migrator
  password capture/hot-capture setup/hot-capture
  password purge/hot-purger setup/hot-purger
  password sink/archive-sink setup/archive-sink
  password purge/archive-purger setup/archive-purger
  password reader/archive-reader setup/archive-reader api/archive-reader
  password api/api-token setup/api-token
  password api/hot-purger setup/hot-purger
  password api/archive-purger setup/archive-purger
  # The database images read theirs as a user of their own; nobody else has these two volumes.
  chmod a+rx hot archive
  chmod a+r hot/* archive/*
  exit 0
fi

mkdir -p "$1"
cd "$1"
for name in hot-capture hot-purger archive-sink archive-purger archive-reader api-token; do
  password "$name"
done
# Containers see single files, as user 10001. Who may not give files away opens them, and the folder keeps others out.
chmod 700 .
if [ "$(id -u)" = 0 ]; then
  chown 10001:10001 ./*
  chmod 600 ./*
else
  chmod a+r ./*
fi
for name in hot-migrator archive-migrator kafka-password ca.pem; do
  [ -s "$name" ] || echo "$1/$name is for you to give (see deploy/compose.external.yml)"
done
