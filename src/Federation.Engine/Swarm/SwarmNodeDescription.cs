namespace Federation.Engine.Swarm;

/// <summary>What a machine told the swarm of itself.</summary>
public sealed record SwarmNodeDescription
{
    /// <summary>Its name.</summary>
    public string Hostname { get; init; } = "";

    /// <summary>What it is built on.</summary>
    public SwarmNodePlatform? Platform { get; init; }

    /// <summary>The engine that it runs.</summary>
    public SwarmNodeEngine? Engine { get; init; }

    /// <summary>What it has.</summary>
    public ServiceResourceAmount Resources { get; init; } = new();
}
