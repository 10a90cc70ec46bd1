using System.Diagnostics;
using Federation.Domain.Identifiers;

namespace Federation.Gateway.Upstreams;

/// <summary>
/// The gateway's own spans: each try of a request, and the opening of its way through a tunnel. While nobody listens there are none, and none is
/// paid for.
/// </summary>
public static class ForwardSpans
{
    private const string Try = "forward";
    private const string StreamProperty = "federation.stream";
    private static readonly ActivitySource Source = new("Federation.Gateway");

    /// <summary>Whether traces are exported.</summary>
    public static bool Enabled => Source.HasListeners();

    /// <summary>A try begins.</summary>
    public static Activity? StartTry(WorkloadKey service, NodeKey node, ReplicaId replica, int number) =>
        Start(Try, node, replica)?.SetTag("federation.workload", service.ToString()).SetTag("federation.try", number);

    /// <summary>A try is over: the agent is told that the exchange on its stream is.</summary>
    public static void EndTry(Activity? span) => (span?.GetCustomProperty(StreamProperty) as TracedTunnelStream)?.EndTrace();

    /// <summary>The opening of a stream through a tunnel begins.</summary>
    public static Activity? StartOpening(NodeKey node, ReplicaId replica) => Start("tunnel open", node, replica);

    /// <summary>Notes on which stream the try goes that the span is part of.</summary>
    internal static void Uses(Activity span, TracedTunnelStream stream)
    {
        for (Activity? above = span; above is not null; above = above.Parent)
        {
            if (above.OperationName != Try) continue;
            above.SetCustomProperty(StreamProperty, stream);
            return;
        }
    }

    private static Activity? Start(string name, NodeKey node, ReplicaId replica) => Source.StartActivity(name)?
        .SetTag("federation.cluster", node.Cluster.Value).SetTag("federation.node", node.Node.Value).SetTag("federation.replica", replica.Value);
}
