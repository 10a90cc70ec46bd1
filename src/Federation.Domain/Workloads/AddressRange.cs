using Federation.Domain.Resources;

namespace Federation.Domain.Workloads;

/// <summary>A range of addresses of a network.</summary>
[MergeKey(nameof(Subnet))]
public sealed record AddressRange
{
    /// <summary>The range: <c>10.5.0.0/16</c>.</summary>
    public required string Subnet { get; init; }

    /// <summary>The part of it that containers get addresses from.</summary>
    public string? Pool { get; init; }

    /// <summary>The gateway's address.</summary>
    public string? Gateway { get; init; }

    /// <summary>Addresses that others hold, by name.</summary>
    public IReadOnlyDictionary<string, string>? Reserved { get; init; }
}
