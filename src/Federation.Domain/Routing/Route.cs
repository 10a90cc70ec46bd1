using Federation.Domain.Resources;

namespace Federation.Domain.Routing;

/// <summary>Host and path to a workload's port.</summary>
public sealed record Route : Resource
{
    /// <inheritdoc/>
    public override string Kind => "Route";

    /// <summary>What is declared.</summary>
    public RouteSpec Spec { get; init; } = new() { Host = "", Workload = "" };
}
