using System.Diagnostics;
using Federation.Adapters.Node.Replicas;

namespace Federation.Agent.Tunnels;

/// <summary>The agent's spans below those of the gateway.</summary>
public static class ReplicaSpans
{
    private static readonly ActivitySource Source = new("Federation.Agent");

    /// <summary>Whether traces are exported.</summary>
    public static bool Enabled => Source.HasListeners();

    /// <summary>Begins a span below the one that the traceparent names; null where there is none or it is not recorded.</summary>
    public static Activity? Start(string name, ActivityKind kind, string traceparent, ReplicaRecord replica)
    {
        if (traceparent.Length == 0 || !ActivityContext.TryParse(traceparent, null, isRemote: true, out ActivityContext parent)) return null;
        return Source.StartActivity(name, kind, parent)?.SetTag("federation.workload", replica.Workload.ToString()).SetTag("federation.replica", replica.Id.Value);
    }
}
