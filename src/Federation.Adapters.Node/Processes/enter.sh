# Runs a command as a replica's user, in its folder, with its environment and under its limits.
#   enter.sh CONTROL USER ENVIRONMENT PROGRAM [ARGUMENT...]
set -u
control=$1 user=$2 environment=$3
shift 3
while read -r group; do
  echo 0 >"$group/cgroup.procs" || exit 125
done <"$control/groups"
set -- /bin/sh -c '. "$0"; exec "$@"' "$environment" "$@"
[ "$user" = - ] || set -- setpriv --reuid "$user" --regid "$user" --clear-groups --inh-caps=-all --bounding-set=-all --no-new-privs "$@"
exec "$@"
