using System.ComponentModel.DataAnnotations;

namespace Federation.Domain.Workloads;

/// <summary>Devices that a driver hands out.</summary>
public sealed record DeviceRequest
{
    /// <summary>What they must be able to do, such as <c>gpu</c>.</summary>
    public IReadOnlyList<string>? Capabilities { get; init; }

    /// <summary>The driver, such as <c>nvidia</c>; the first that fits if left out.</summary>
    public string? Driver { get; init; }

    /// <summary>How many; -1 for all. Excludes <see cref="Ids"/>.</summary>
    [Range(-1, 100000)]
    public int? Count { get; init; }

    /// <summary>Which, by their ids.</summary>
    public IReadOnlyList<string>? Ids { get; init; }

    /// <summary>The driver's own options.</summary>
    public IReadOnlyDictionary<string, string>? Options { get; init; }
}
