namespace Federation.Domain.Workloads;

/// <summary>A device of the machine that a container may use.</summary>
public sealed record DeviceMapping
{
    /// <summary>Its path on the machine, or its name among the devices of a driver (<c>vendor.com/class=name</c>).</summary>
    public required string Source { get; init; }

    /// <summary>Its path inside; the machine's if left out.</summary>
    public string? Path { get; init; }

    /// <summary>What may be done: of <c>r</c>, <c>w</c> and <c>m</c>; all if left out.</summary>
    public string? Permissions { get; init; }
}
