using Federation.Adapters.Node.Processes;

namespace Federation.Adapters.Node.Leases;

/// <summary>
/// This machine's time, with timestamps that go on while it sleeps. The system's own stand still then, and a lease that ended elsewhere meanwhile would still seem held.
/// </summary>
public sealed class BootTime : TimeProvider
{
    private BootTime() { }

    /// <summary>The one there is.</summary>
    public static BootTime Instance { get; } = new();

    /// <inheritdoc/>
    public override long TimestampFrequency => Native.NanosecondsPerSecond;

    /// <inheritdoc/>
    public override long GetTimestamp() => Native.SinceBoot();
}
