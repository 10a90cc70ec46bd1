namespace Federation.Engine.Swarm;

/// <summary>How the managers see a machine.</summary>
public sealed record SwarmNodeStatus
{
    /// <summary><c>unknown</c>, <c>down</c>, <c>ready</c> or <c>disconnected</c>.</summary>
    public string State { get; init; } = "";

    /// <summary>Why, where there is something to say.</summary>
    public string? Message { get; init; }

    /// <summary>Its address.</summary>
    public string Addr { get; init; } = "";
}
