# Ends a singleton's container when the node's lease is over, even if the agent is dead and the engine with it. It is started before the container.
#   guard.sh CONTROL ATTEMPT LEASE MARK
# LEASE is the file with the lease's end in hundredths of a second since boot; MARK is in the environment of the container's first process.
set -u
control=$1 attempt=$2 lease=$3 mark=$4
trap '' HUP INT TERM
exec </dev/null >/dev/null 2>&1

# The kernel's start time of a process, which no other process of this boot shares with its id.
start_of() {
  read -r stat <"/proc/$1/stat" || return 1
  set -- ${stat##*) }
  started=${20}
}

note() {
  printf '%s\n' "$2" >"$control/$1.new" && mv -f "$control/$1.new" "$control/$1"
}

# A process that is still there but has ended already is no find.
end() {
  kill -9 "$1" || return 1
  note fenced "$attempt"
}

end_container() {
  if read -r number process began <"$control/child" && [ "$number" = "$attempt" ] && start_of "$process" && [ "$started" = "$began" ]; then
    end "$process" && return 0
  fi
  # The agent may have died before it noted the process.
  found=1
  for environment in /proc/[0-9]*/environ; do
    grep -qzxF "FEDERATION_MARK=$mark" "$environment" || continue
    process=${environment#/proc/}
    end "${process%/environ}" && found=0
  done
  return $found
}

start_of $$
note guard "$attempt $$ $started"
idle=0
# A start that the engine had taken over may come late: it is waited for a while after the lease.
while [ "$idle" -lt 200 ]; do
  sleep 0.3
  [ -d "$control" ] || exit 0
  over=0
  read -r over <"$control/over"
  [ "$over" != "$attempt" ] || exit 0
  read -r up rest </proc/uptime
  until=0
  read -r until <"$lease"
  case $until in '' | *[!0-9]*) until=0 ;; esac
  if [ "${up%.*}${up#*.}" -lt "$until" ]; then
    idle=0
  elif end_container; then
    idle=0
  else
    idle=$((idle + 1))
  fi
done
exit 0
