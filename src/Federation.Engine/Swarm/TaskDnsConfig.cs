namespace Federation.Engine.Swarm;

/// <summary>How a task looks names up.</summary>
/// <param name="Nameservers">Whom it asks.</param>
/// <param name="Search">Domains in which short names are looked up.</param>
/// <param name="Options">The resolver's options.</param>
public sealed record TaskDnsConfig(IReadOnlyList<string>? Nameservers, IReadOnlyList<string>? Search, IReadOnlyList<string>? Options);
