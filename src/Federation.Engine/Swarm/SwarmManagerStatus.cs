namespace Federation.Engine.Swarm;

/// <summary>A machine's part among the managers.</summary>
public sealed record SwarmManagerStatus
{
    /// <summary>Whether it leads.</summary>
    public bool Leader { get; init; }

    /// <summary><c>unknown</c>, <c>unreachable</c> or <c>reachable</c>.</summary>
    public string Reachability { get; init; } = "";

    /// <summary>Where the other managers find it: <c>address:port</c>.</summary>
    public string Addr { get; init; } = "";
}
