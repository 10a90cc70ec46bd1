namespace Federation.Contracts.Api;

/// <summary>An Agent's own HTTP API, which only the gateway reaches, through <c>agent_api</c> streams of the Agent's tunnel. The gateway has checked who asks.</summary>
public static class AgentApi
{
    /// <summary>
    /// GET: the output of one replica as <c>application/x-ndjson</c> of <see cref="LogLine"/>s. Query: <c>follow</c> (true: does not end while the replica is
    /// there), <c>tail</c> (at most so many of the last lines), <c>since</c> (round-trip time; only later lines), <c>previous</c> (true: what was written before
    /// the present process started). 404 if the replica is not known there.
    /// </summary>
    public const string LogsPattern = "/v1/replicas/{id}/logs";

    /// <summary>
    /// Runs a command beside one replica; the gateway passes request and answer on as they are. POST <c>{"command": [...]}</c>: without input, answered with
    /// lines of output as NDJSON. GET with an upgrade to a WebSocket: with input, and a terminal if asked for; see <see cref="ExecChannel"/>.
    /// </summary>
    public const string ExecPattern = "/v1/replicas/{id}/exec";

    /// <summary>GET: what the node and its replicas use, as a <see cref="NodeUsage"/>.</summary>
    public const string UsagePath = "/v1/usage";

    /// <summary>GET: what the agent's swarm runs that is not the plane's, as a list of ForeignServices. 404 where the agent drives no swarm.</summary>
    public const string ServicesPath = "/v1/services";

    /// <summary>The path of <see cref="LogsPattern"/> for a replica.</summary>
    public static string Logs(string replica) => $"/v1/replicas/{Uri.EscapeDataString(replica)}/logs";

    /// <summary>The path of <see cref="ExecPattern"/> for a replica.</summary>
    public static string Exec(string replica) => $"/v1/replicas/{Uri.EscapeDataString(replica)}/exec";
}
