# The parent of one replica's process. It outlives the agent, writes down who the process is and how it ended, and ends a singleton
# when the node's lease is over. It is started in a session of its own, with a clean environment, as the agent's user.
#   parent.sh CONTROL LOG ATTEMPT USER LEASE ENVIRONMENT PROGRAM [ARGUMENT...]
# USER is a user id to drop to, or "-". LEASE is the file with the lease's end in hundredths of a second since boot, or "-".
set -u
control=$1 log=$2 attempt=$3 user=$4 lease=$5 environment=$6
shift 6
umask 077
# Whoever signals the whole session means the process; this one stays to say how it ended.
trap '' HUP INT TERM
exec </dev/null >/dev/null 2>&1
# By 'command', for where ':' alone cannot write, dash ends.
command : >>"$log" || log=/dev/null

# The kernel's start time of a process, which no other process of this boot shares with its id.
start_of() {
  read -r stat <"/proc/$1/stat" || return 1
  set -- ${stat##*) }
  started=${20}
}

# One short write in memory, without a program of its own: a start must be cheap. Whoever reads it in between finds it empty, which is no note.
note() {
  printf '%s\n' "$2" >"$control/$1"
}

# Until nobody is left: who was being forked as a list was read stands in none of it.
end_all() {
  while read -r group; do
    while [ -n "$(cat "$group/cgroup.procs")" ]; do
      while read -r member; do kill -9 "$member"; done <"$group/cgroup.procs"
      sleep 0.02
    done
  done <"$control/groups"
  [ -s "$control/groups" ] || end_session "$1"
}

# Where the machine has no groups, a program can leave this.
end_session() {
  for stat in /proc/[0-9]*/stat; do
    read -r line <"$stat" || continue
    set -- "$1" ${line##*) }
    [ "$5" != "$1" ] || kill -9 "${line%% *}"
  done
}

watch_lease() {
  while sleep 0.3; do
    read -r number process began <"$control/child" || continue
    [ "$number" = "$attempt" ] || exit 0
    start_of "$process" && [ "$started" = "$began" ] || exit 0
    read -r up rest </proc/uptime
    end=0
    read -r end <"$lease"
    case $end in '' | *[!0-9]*) end=0 ;; esac
    if [ "${up%.*}${up#*.}" -ge "$end" ]; then
      note fenced "$attempt"
      kill -9 "$process"
      end_all "$process"
    fi
  done
}

start_of $$
note parent "$attempt $$ $started"

watcher=
if [ "$lease" != - ]; then
  watch_lease &
  watcher=$!
fi

(
  # In a subshell $$ is still the parent: the kernel knows better.
  read -r self rest </proc/self/stat
  start_of "$self"
  note child "$attempt $self $started" || exit 125
  while read -r group; do
    echo 0 >"$group/cgroup.procs" || exit 125
  done <"$control/groups"
  trap - HUP INT TERM
  ulimit -c 0
  exec >>"$log" 2>&1
  set -- /bin/sh -c '. "$0"; exec "$@"' "$environment" "$@"
  [ "$user" = - ] || set -- setpriv --reuid "$user" --regid "$user" --clear-groups --inh-caps=-all --bounding-set=-all --no-new-privs "$@"
  exec setsid "$@"
)
code=$?
# Whatever a singleton left behind would outlive the lease with nobody to watch it. The watcher may be in the middle of ending it: this goes on where it was.
if [ -n "$watcher" ]; then
  kill -9 "$watcher"
  read -r number process began <"$control/child" && end_all "$process"
fi
note status "$attempt $code"
exit 0
