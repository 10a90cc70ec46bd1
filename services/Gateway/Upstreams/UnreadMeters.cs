using System.Diagnostics.Metrics;

namespace Federation.Gateway.Upstreams;

/// <summary>
/// Gives HTTP clients a meter that nobody listens to. Their own instruments would tell one address for all replicas, at a cost on every request; the
/// gateway's tell of each route instead.
/// </summary>
public sealed class UnreadMeters : IMeterFactory
{
    // Not of a name that telemetry asks for.
    private readonly Meter _meter = new("unread");

    private UnreadMeters() { }

    /// <summary>The one there is.</summary>
    public static UnreadMeters Instance { get; } = new();

    /// <inheritdoc/>
    public Meter Create(MeterOptions options) => _meter;

    /// <summary>It is shared, and stays.</summary>
    public void Dispose() { }
}
