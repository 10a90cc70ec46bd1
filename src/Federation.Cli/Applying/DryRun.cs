namespace Federation.Cli.Applying;

/// <summary>What the plane says to one resource before anything is changed.</summary>
internal sealed record DryRun
{
    /// <summary>What an apply would do to it, in the plane's word; null if that is not known.</summary>
    public string? Result { get; init; }

    public bool Refused { get; init; }

    /// <summary>Whether it is refused for fields that other writers own.</summary>
    public bool Conflicts { get; init; }

    /// <summary>Why it is refused, for a person.</summary>
    public IReadOnlyList<string> Lines { get; init; } = [];
}
