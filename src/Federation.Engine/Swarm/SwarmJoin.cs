namespace Federation.Engine.Swarm;

/// <summary>How an engine joins a swarm.</summary>
public sealed record SwarmJoin
{
    /// <summary>Where it listens: <c>address:port</c>.</summary>
    public string ListenAddr { get; init; } = "0.0.0.0:2377";

    /// <summary>Where others reach it.</summary>
    public string? AdvertiseAddr { get; init; }

    /// <summary>Managers that are there: <c>address:port</c>.</summary>
    public required IReadOnlyList<string> RemoteAddrs { get; init; }

    /// <summary>The swarm's token for the part that it is to have; a secret.</summary>
    public required string JoinToken { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"join {string.Join(',', RemoteAddrs)}";
}
