namespace Federation.Engine.Swarm;

/// <summary>How a service is reached.</summary>
public sealed record ServiceEndpointSpec
{
    /// <summary><c>vip</c> or <c>dnsrr</c>.</summary>
    public string? Mode { get; init; }

    /// <summary>Its ports.</summary>
    public IReadOnlyList<ServicePort>? Ports { get; init; }
}
