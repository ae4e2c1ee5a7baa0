# Waits for its owner's word or death; after its death ends the servers of the directory $1, removes it.
trap '' HUP INT TERM # an operator's Ctrl-C is meant for the owner
read -r word
[ "$word" = done ] && exit 0

ours() { # pid: does the process's command line name the directory?
  if [ -d /proc/self ]; then tr '\0' ' ' <"/proc/$1/cmdline" 2>/dev/null; else ps -p "$1" -o args= 2>/dev/null; fi |
    grep -qF "$dir/"
}

dir=$1
stop() { # signal: to every server that still runs; tells whether there was one
  any=1
  for file in "$dir"/hot*/data/postmaster.pid "$dir"/archive*/data/postmaster.pid "$dir/kafka/kafka.pid"; do
    pid=$(head -n 1 "$file" 2>/dev/null) || continue
    case $pid in '' | *[!0-9]*) continue ;; esac
    if ours "$pid"; then kill "-$1" "$pid" 2>/dev/null; any=0; fi
  done
  return $any
}

# QUIT is PostgreSQL's immediate shutdown; a JVM would only print its threads.
stop QUIT && sleep 1
tries=0
while stop KILL && [ "$tries" -lt 20 ]; do tries=$((tries + 1)); sleep 1; done
rm -rf -- "$dir"
