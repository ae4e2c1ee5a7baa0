#!/usr/bin/env bash
# Brings docker-compose.yml up with the sample hospital on this Docker host, breaks it in every way that a container can be broken, and counts:
# every order that was ever seen in hot must be in hot or in the cold store at the end, every purged row must have its witness, hot must equal
# its mirror. Prints what it saw; ends non-zero if a row is lost or the pipeline does not catch up. Removes its containers and volumes.
#   deploy/check-compose.sh [--keep]        environment: SAMPLE_ORDERS (default 3000), COMPOSE ("docker compose")
set -euo pipefail
cd "$(dirname "$0")/.."

keep=no
[ "${1:-}" != --keep ] || keep=yes
export COMPOSE_PROJECT_NAME=${COMPOSE_PROJECT_NAME:-valmed-check} COMPOSE_PROFILES=sample
export SAMPLE_ORDERS=${SAMPLE_ORDERS:-3000} HOT_PORT=${HOT_PORT:-0} ARCHIVE_PORT=${ARCHIVE_PORT:-0}
if [ -n "${COMPOSE:-}" ]; then
  read -ra compose <<< "$COMPOSE"
elif docker compose version > /dev/null 2>&1; then
  compose=(docker compose)
elif command -v docker-compose > /dev/null 2>&1; then
  compose=(docker-compose)
else
  echo 'check-compose: neither docker compose nor docker-compose is there; install one' >&2
  exit 2
fi
docker info > /dev/null 2>&1 || { echo 'check-compose: no Docker engine answers; start one' >&2; exit 2; }

work=$(mktemp -d)
finish() {
  local code=$?
  if [ $code != 0 ]; then
    "${compose[@]}" ps || true
    "${compose[@]}" logs --tail=15 || true
  fi
  if [ $keep = no ]; then "${compose[@]}" down -v --remove-orphans > /dev/null 2>&1 || true; fi
  rm -rf "$work"
  exit $code
}
trap finish EXIT

say() { printf '%s  %s\n' "$(date -u +%H:%M:%S)" "$1"; }
fail() { say "FAILED: $1"; exit 1; }
container() { "${compose[@]}" ps -q "$1"; }
hot() { docker exec -i "$(container hot)" psql -qAtX -U postgres -d hospital -v ON_ERROR_STOP=1 -c "$1"; }
archive() { docker exec -i "$(container archive)" psql -qAtX -U postgres -d hospital_archive -v ON_ERROR_STOP=1 -c "$1"; }

# await SECONDS WHAT COMMAND...: until the command succeeds.
await() {
  local end=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" > /dev/null 2>&1; do
    [ $SECONDS -lt $end ] || fail "$what did not come true"
    sleep 2
  done
}

healthy() {
  local service id
  for service in hot archive kafka capture sink purge; do
    id=$(container "$service")
    [ -n "$id" ] && [ "$(docker inspect -f '{{.State.Health.Status}}' "$id")" = healthy ] || return 1
  done
}

purged() { archive "SELECT coalesce(sum(rows), 0) FROM arc.purge_page WHERE outcome = 'committed'"; }
purged_more_than() { [ "$(purged)" -gt "$1" ]; }
unwitnessed() {
  local table left=0 missing
  for table in medication_orders medication_administrations drug_transfers; do
    missing=$(archive "SELECT count(*) FROM arc.purge_row r JOIN arc.purge_page p ON p.id = r.page AND p.outcome = 'committed'
      WHERE r.table_name = 'public.$table' AND NOT EXISTS (SELECT FROM public_cold.$table c
        WHERE c.id = r.key[1]::uuid AND c.arc_cause = 'purged' AND c.arc_txid = p.hot_xid & 4294967295)")
    left=$((left + missing))
  done
  echo "$left"
}
# What capture has passed on since a moment ago is in the archive too: a heartbeat written now comes through.
beat() { hot "SELECT max(beat) FROM arc.heartbeat"; }
archived_beat() { archive "SELECT coalesce(max(beat), 0) FROM arc.heartbeat"; }
caught_up_to() { [ "$(archived_beat)" -gt "$1" ]; }
catch_up() {
  await 240 "all healthy after $1" healthy
  await 240 "the archive catches up after $1" caught_up_to "$(beat)"
  hot 'SELECT id FROM medication_orders' >> "$work/seen"
  archive 'SELECT id FROM public_cold.medication_orders' >> "$work/seen"
  say "after $1: all healthy, archive caught up, $(purged) rows purged"
}

say "building and starting ($(docker version -f '{{.Server.Version}}'), ${compose[*]})"
"${compose[@]}" up -d --build > "$work/up.log" 2>&1 || { tail -n 30 "$work/up.log"; fail 'up'; }
await 420 'all healthy' healthy
catch_up 'the first start'
await 240 'something is purged' purged_more_than 0

for service in capture sink purge kafka hot archive; do
  before=$(purged)
  id=$(container $service)
  docker kill -s KILL "$id" > /dev/null
  sleep 3
  docker start "$id" > /dev/null
  catch_up "killing $service ($before rows purged before)"
done

"${compose[@]}" restart > /dev/null 2>&1
catch_up 'restarting all'

before=$(purged)
"${compose[@]}" down > /dev/null 2>&1
"${compose[@]}" up -d > /dev/null 2>&1
catch_up "down and up ($before rows purged before)"

say 'ending the traffic, waiting for the last purge'
docker stop "$(container sample-traffic)" > /dev/null
everything_purged() {
  [ "$(hot "SELECT count(*) FROM medication_orders WHERE status IN ('completed','discontinued') AND created_at < now() at time zone 'UTC' - interval '91 days'")" = 0 ] &&
    [ "$(unwitnessed)" = 0 ]
}
await 300 'all settled and cold orders are purged and witnessed' everything_purged
"${compose[@]}" run --rm -T purge verify || fail 'hot and the archive differ'

hot 'SELECT id FROM medication_orders' > "$work/now"
archive 'SELECT id FROM public_cold.medication_orders' >> "$work/now"
sort -u "$work/seen" > "$work/seen.sorted"
sort -u "$work/now" > "$work/now.sorted"
lost=$(comm -23 "$work/seen.sorted" "$work/now.sorted" | wc -l)
open=$(archive "SELECT count(*) FROM arc.purge_page WHERE outcome = 'intended'")
say "orders ever seen $(wc -l < "$work/seen.sorted"), lost $lost; rows purged $(purged), without witness $(unwitnessed); purge pages without outcome $open"
[ "$lost" = 0 ] || fail "$lost orders are neither in hot nor in the cold store"
[ "$open" = 0 ] || fail "$open purge pages have no outcome"
say 'everything held'
