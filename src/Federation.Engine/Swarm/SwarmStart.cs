namespace Federation.Engine.Swarm;

/// <summary>How an engine begins a swarm of its own.</summary>
public sealed record SwarmStart
{
    /// <summary>Where it listens for other managers: <c>address:port</c>.</summary>
    public string ListenAddr { get; init; } = "0.0.0.0:2377";

    /// <summary>Where others reach it: an address, with a port if another than it listens on.</summary>
    public string? AdvertiseAddr { get; init; }

    /// <summary>From what overlay networks take their addresses.</summary>
    public IReadOnlyList<string>? DefaultAddrPool { get; init; }

    /// <summary>How large each of their ranges is, in bits.</summary>
    public int? SubnetSize { get; init; }

    /// <summary>Begins anew though there is a swarm: the way back when most managers are lost.</summary>
    public bool ForceNewCluster { get; init; }
}
