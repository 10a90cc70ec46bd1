# Installs the agent of one native node under systemd, as root. `fedctl node install` prints this with everything filled in above it:
#   fedctl node install --cluster edge --node n2 --plane plane.example.com | ssh root@n2 sh
# AGENT names the agent's program if it is not in its place yet. ROOT, for trying it out, is put before every path.
set -eu
umask 077
: "${CLUSTER:?}" "${NODE:?}" "${JOIN_TOKEN:?}" "${IDENTITY:?}" "${PLACEMENT:?}" "${HEALTH:?}" "${GATEWAY:?}"
root=${ROOT:-}
program=$root/usr/local/bin/federation-agent

[ -n "$root" ] || [ "$(id -u)" = 0 ] || { echo "run this as root: it installs a service" >&2; exit 1; }
command -v systemctl >/dev/null || { echo "there is no systemd here; docs/guides/register-a-node.md starts an agent by hand" >&2; exit 1; }
if [ -n "${AGENT:-}" ]; then
  mkdir -p "$root/usr/local/bin"
  cp "$AGENT" "$program.new"
  chmod 755 "$program.new"
  mv -f "$program.new" "$program"
fi
[ -x "$program" ] || { echo "$program is not there: copy the agent's program to it, or name it by AGENT=FILE" >&2; exit 1; }

mkdir -p "$root/etc/federation" "$root/etc/systemd/system"
chmod 700 "$root/etc/federation"
printf '%s\n' "$JOIN_TOKEN" >"$root/etc/federation/join.token"
cat >"$root/etc/federation/agent.env" <<END
Agent__Cluster=$CLUSTER
Agent__Node=$NODE
Agent__StateDirectory=/var/lib/federation-agent
Agent__JoinTokenFile=/etc/federation/join.token
services__identity__grpc__0=$IDENTITY
services__placement__grpc__0=$PLACEMENT
services__health__grpc__0=$HEALTH
services__gateway__grpc__0=$GATEWAY
END
printf '%s\n' "$UNIT" >"$root/etc/systemd/system/federation-agent.service"
chmod 644 "$root/etc/systemd/system/federation-agent.service"
systemctl daemon-reload
systemctl enable --now federation-agent.service
echo "The agent of $CLUSTER/$NODE is started. See it: fedctl get nodes, or here: journalctl -u federation-agent"
