using System.Diagnostics.Metrics;

namespace Federation.Tunnel.Connections;

/// <summary>What the tunnels of this process carry, on the meter <c>Federation.Tunnel</c>.</summary>
internal static class TunnelMetrics
{
    private static readonly Meter Meter = new("Federation.Tunnel");
    private static readonly Counter<long> Opens = Meter.CreateCounter<long>("federation.tunnel.opens", "{stream}", "Streams opened from this end, by outcome.");
    private static readonly KeyValuePair<string, object?> Out = new("direction", "sent");
    private static readonly KeyValuePair<string, object?> In = new("direction", "received");
    private static long s_sent;
    private static long s_received;

    // Read when somebody asks: a counter would look its labels up with each frame.
    static TunnelMetrics() => Meter.CreateObservableCounter(
        "federation.tunnel.io",
        static () => (Measurement<long>[])[new(Interlocked.Read(ref s_sent), Out), new(Interlocked.Read(ref s_received), In)],
        "By", "Bytes of streams' data, by direction.");

    public static void Sent(int bytes) => Interlocked.Add(ref s_sent, bytes);

    public static void Received(int bytes) => Interlocked.Add(ref s_received, bytes);

    public static void Opened(string outcome) => Opens.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
}
