using Federation.Domain.Identifiers;

namespace Federation.Gateway.Forwarding;

/// <summary>Where a request is to go.</summary>
/// <param name="Service">The workload's key, <c>tenant/namespace/name</c>.</param>
/// <param name="Port">The port's name; the first HTTP port if null.</param>
/// <param name="Near">The cluster to prefer, if any.</param>
/// <param name="Route">The route's name in metrics.</param>
public readonly record struct ForwardTarget(WorkloadKey Service, string? Port, ClusterId? Near, string Route);
