using System.Diagnostics.Metrics;
using Federation.Domain.Identifiers;

namespace Federation.Gateway.Tunnels;

/// <summary>Which nodes have a tunnel, and how many streams are open in it.</summary>
public sealed class TunnelGauges : IDisposable
{
    private readonly Meter _meter = new("Federation.Gateway.Tunnels");

    public TunnelGauges(TunnelRegistry registry)
    {
        _meter.CreateObservableGauge("federation.tunnel.connected", () => registry.Streams.Select(static open => Of(open.Key, 1)), "{tunnel}", "1 for each node with an open tunnel.");
        _meter.CreateObservableGauge("federation.tunnel.streams", () => registry.Streams.Select(static open => Of(open.Key, open.Value)), "{stream}", "Streams open in a node's tunnel.");
    }

    public void Dispose() => _meter.Dispose();

    private static Measurement<int> Of(NodeKey node, int value) =>
        new(value, new KeyValuePair<string, object?>("cluster", node.Cluster.Value), new KeyValuePair<string, object?>("node", node.Node.Value));
}
