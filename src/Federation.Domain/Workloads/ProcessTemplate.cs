namespace Federation.Domain.Workloads;

/// <summary>A program that a native node runs.</summary>
public sealed record ProcessTemplate
{
    /// <summary>The program: a path, or a name looked up in the node's PATH.</summary>
    public required string Command { get; init; }

    /// <summary>Its arguments.</summary>
    public IReadOnlyList<string>? Arguments { get; init; }

    /// <summary>Where it starts; the replica's own empty folder if left out.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Environment for the process form alone; wins over the template's.</summary>
    public IReadOnlyDictionary<string, string>? Environment { get; init; }
}
