using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Federation.Tunnel.Connections;

/// <summary>Limits of one end of a tunnel.</summary>
public sealed class TunnelOptions
{
    /// <summary>Bytes that either side may send on a stream ahead of its reader. Part of the protocol: both ends count with it.</summary>
    public const int InitialWindow = 256 * 1024;

    /// <summary>Streams open at once, from either side each; more are refused.</summary>
    public int MaxConcurrentStreams { get; init; } = 10_000;

    /// <summary>How long a closing end waits for the other to take the reason and end too.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Where failures of stream handlers go.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>Measures round trips.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
