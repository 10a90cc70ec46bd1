namespace Federation.Engine.Swarm;

/// <summary>A port of a service, or of one of its tasks.</summary>
public sealed record ServicePort
{
    /// <summary>Its name, if it has one.</summary>
    public string? Name { get; init; }

    /// <summary><c>tcp</c>, <c>udp</c> or <c>sctp</c>.</summary>
    public string Protocol { get; init; } = "tcp";

    /// <summary>The port inside.</summary>
    public int TargetPort { get; init; }

    /// <summary>The port outside; null to have one chosen.</summary>
    public int? PublishedPort { get; init; }

    /// <summary><c>ingress</c> (on every machine) or <c>host</c> (on the task's own).</summary>
    public string PublishMode { get; init; } = "ingress";
}
