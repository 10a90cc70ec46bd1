using System.Diagnostics.Metrics;

namespace Federation.Tunnel.Connections;

/// <summary>What the tunnels of this process carry, on the meter <c>Federation.Tunnel</c>.</summary>
internal static class TunnelMetrics
{
    private static readonly Meter Meter = new("Federation.Tunnel");
    private static readonly Counter<long> Bytes = Meter.CreateCounter<long>("federation.tunnel.io", "By", "Bytes of streams' data, by direction.");
    private static readonly Counter<long> Opens = Meter.CreateCounter<long>("federation.tunnel.opens", "{stream}", "Streams opened from this end, by outcome.");
    private static readonly KeyValuePair<string, object?> Out = new("direction", "sent");
    private static readonly KeyValuePair<string, object?> In = new("direction", "received");

    public static void Sent(int bytes) => Bytes.Add(bytes, Out);

    public static void Received(int bytes) => Bytes.Add(bytes, In);

    public static void Opened(string outcome) => Opens.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
}
