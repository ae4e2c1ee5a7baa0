#!/usr/bin/env bash
# Brings docker-compose.yml up with the sample hospital on this Docker host, breaks it in every way that a container can be broken, and counts:
# every row that was ever seen in hot must be in hot or in the cold store at the end, every purged row must have its witness, hot must equal
# its mirror. Prints what it saw; ends non-zero if a row is lost or the pipeline does not catch up. Removes its containers and volumes, and
# those that an earlier run may have left. Takes about ten minutes; every wait has an end.
#   deploy/check-compose.sh [--keep] [--lose-one]
#     --keep      leaves everything up at the end
#     --lose-one  breaks nothing, but takes a row out of the cold store before the count, which must then fail: so the count itself is tested
#   environment: SAMPLE_ORDERS (default 3000), COMPOSE ("docker compose")
set -euo pipefail
cd "$(dirname "$0")/.."

keep=no
lose=no
for option in "$@"; do
  case $option in
    --keep) keep=yes ;;
    --lose-one) lose=yes ;;
    *) sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
  esac
done
# A name of its own, whatever the environment says: it is removed with its volumes.
export COMPOSE_PROJECT_NAME=valmed-check COMPOSE_PROFILES=sample COMPOSE_FILE=docker-compose.yml
export SAMPLE_ORDERS=${SAMPLE_ORDERS:-3000} HOT_PORT=0 ARCHIVE_PORT=0
tables='medication_orders medication_administrations drug_transfers'
if [ -n "${COMPOSE:-}" ]; then
  read -ra command <<< "$COMPOSE"
elif docker compose version > /dev/null 2>&1; then
  command=(docker compose)
elif command -v docker-compose > /dev/null 2>&1; then
  command=(docker-compose)
else
  echo 'check-compose: neither docker compose nor docker-compose is there; install one' >&2
  exit 2
fi
docker info > /dev/null 2>&1 || { echo 'check-compose: no Docker engine answers; start one' >&2; exit 2; }

# within SECONDS COMMAND...: no call of the engine may hang for ever.
within() { if type timeout > /dev/null 2>&1; then timeout -k 10 "$@"; else shift; "$@"; fi; }
compose() { within 300 "${command[@]}" "$@"; }
engine() { within 60 docker "$@"; }

work=$(mktemp -d)
finish() {
  local code=$?
  trap - EXIT
  if [ $code != 0 ] && [ $lose = no ]; then
    compose ps || true
    compose logs --tail=15 2>&1 | cut -c1-300 || true
  fi
  if [ $keep = no ]; then compose down -v --remove-orphans > /dev/null 2>&1 || true; fi
  rm -rf "$work"
  exit $code
}
trap finish EXIT
trap 'exit 130' INT TERM

say() { printf '%s  %s\n' "$(date -u +%H:%M:%S)" "$1"; }
fail() { say "FAILED: $1"; exit 1; }
container() { compose ps -q "$1"; }
hot() { engine exec -i "$(container hot)" psql -qAtX -U postgres -d hospital -v ON_ERROR_STOP=1 -c "$1"; }
archive() { engine exec -i "$(container archive)" psql -qAtX -U postgres -d hospital_archive -v ON_ERROR_STOP=1 -c "$1"; }

# await SECONDS WHAT COMMAND...: until the command succeeds.
await() {
  local end=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" > /dev/null 2>&1; do
    [ $SECONDS -lt $end ] || fail "$what did not come true"
    sleep 1
  done
}

healthy() {
  local service id
  for service in hot archive kafka capture sink purge api; do
    id=$(container "$service")
    [ -n "$id" ] && [ "$(engine inspect -f '{{.State.Health.Status}}' "$id")" = healthy ] || return 1
  done
  id=$(container sample-traffic)
  [ -n "$id" ] && [ "$(engine inspect -f '{{.State.Running}}' "$id")" = true ]
}

purged() { archive "SELECT coalesce(sum(rows), 0) FROM arc.purge_page WHERE outcome = 'committed'"; }
purged_more_than() { [ "$(purged)" -gt "$1" ]; }
unwitnessed() {
  local table left=0 missing
  for table in $tables; do
    missing=$(archive "SELECT count(*) FROM arc.purge_row r JOIN arc.purge_page p ON p.id = r.page AND p.outcome = 'committed'
      WHERE r.table_name = 'public.$table' AND NOT EXISTS (SELECT FROM public_cold.$table c
        WHERE c.id = r.key[1]::uuid AND c.arc_cause = 'purged' AND c.arc_txid = p.hot_xid & 4294967295)")
    left=$((left + missing))
  done
  echo "$left"
}
# rows FILE: adds the key of every row that is in hot or in the cold store.
rows() {
  local table
  for table in $tables; do
    hot "SELECT '$table ' || id FROM $table" >> "$1"
    archive "SELECT '$table ' || id FROM public_cold.$table" >> "$1"
  done
}
# What capture has passed on since a moment ago is in the archive too: a heartbeat written now comes through.
beat() { hot "SELECT max(beat) FROM arc.heartbeat"; }
archived_beat() { archive "SELECT coalesce(max(beat), 0) FROM arc.heartbeat"; }
caught_up_to() { [ "$(archived_beat)" -gt "$1" ]; }
catch_up() {
  local begun=$SECONDS
  await 240 "all healthy after $1" healthy
  await 240 "the archive catches up after $1" caught_up_to "$(beat)"
  rows "$work/seen"
  say "after $1: all healthy, archive caught up in $((SECONDS - begun)) s, $(purged) rows purged"
}

# The process is killed as a crash would, so that the restart policy is tried too; where the engine does not let us near, by the engine itself.
crash() {
  local id pid
  id=$(container "$1")
  pid=$(engine inspect -f '{{.State.Pid}}' "$id")
  if engine run --rm --pid host --user 0:0 --cap-add KILL --entrypoint sh valmed-archive:0.1.0 -c "kill -9 $pid" > /dev/null 2>&1; then
    echo crash
  else
    engine kill -s KILL "$id" > /dev/null
    engine start "$id" > /dev/null
    echo kill
  fi
}

compose down -v --remove-orphans > /dev/null 2>&1 || true
say "building and starting ($(docker version -f '{{.Server.Version}}'), $("${command[@]}" version --short))"
within 1800 "${command[@]}" build > "$work/build.log" 2>&1 || { tail -n 30 "$work/build.log"; fail 'build'; }
compose up -d > "$work/up.log" 2>&1 || { tail -n 30 "$work/up.log"; fail 'up'; }
catch_up 'the first start'
await 240 'something is purged' purged_more_than 0

break_everything() {
  local service before how
  for service in capture sink purge api kafka hot archive sample-traffic; do
    before=$(purged)
    how=$(crash $service)
    sleep 3
    catch_up "$how of $service ($before rows purged before)"
  done

  compose restart > /dev/null 2>&1 || fail 'restart'
  catch_up 'restarting all'

  before=$(purged)
  compose down > /dev/null 2>&1 || fail 'down'
  compose up -d > "$work/up.log" 2>&1 || { tail -n 30 "$work/up.log"; fail 'up'; }
  catch_up "down and up ($before rows purged before)"
  before=$(purged)
  await 240 'the purge goes on' purged_more_than "$before"
}
[ $lose = yes ] || break_everything

say 'ending the traffic, waiting for the last purge'
engine stop "$(container sample-traffic)" > /dev/null
everything_purged() {
  [ "$(hot "SELECT count(*) FROM medication_orders WHERE status IN ('completed','discontinued') AND created_at < now() at time zone 'UTC' - interval '91 days'")" = 0 ] &&
    [ "$(unwitnessed)" = 0 ]
}
await 300 'all settled and cold orders are purged and witnessed' everything_purged
compose run --rm -T purge verify 2> "$work/verify.log" || { cat "$work/verify.log"; fail 'hot and the archive differ'; }

if [ $lose = yes ]; then
  archive "DELETE FROM public_cold.medication_orders WHERE id = (SELECT key[1]::uuid FROM arc.purge_row
    WHERE table_name = 'public.medication_orders' LIMIT 1)"
  say 'one row has been taken out of the cold store'
fi
rows "$work/now"
sort -u "$work/seen" > "$work/seen.sorted"
sort -u "$work/now" > "$work/now.sorted"
lost=$(comm -23 "$work/seen.sorted" "$work/now.sorted" | wc -l)
open=$(archive "SELECT count(*) FROM arc.purge_page WHERE outcome = 'intended'")
unwitnessed=$(unwitnessed)
say "rows ever seen $(wc -l < "$work/seen.sorted"), lost $lost; rows purged $(purged), without witness $unwitnessed; purge pages without outcome $open"
[ "$lost" = 0 ] || fail "$lost rows are neither in hot nor in the cold store"
[ "$unwitnessed" = 0 ] || fail "$unwitnessed purged rows have no witness"
[ "$open" = 0 ] || fail "$open purge pages have no outcome"
say 'everything held'
