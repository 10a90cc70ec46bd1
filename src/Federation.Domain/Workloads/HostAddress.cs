using Federation.Domain.Resources;

namespace Federation.Domain.Workloads;

/// <summary>A name with a fixed address.</summary>
[MergeKey(nameof(Host), nameof(Address))]
public sealed record HostAddress
{
    /// <summary>The name.</summary>
    public required string Host { get; init; }

    /// <summary>The address; <c>host-gateway</c> for the machine's.</summary>
    public required string Address { get; init; }
}
