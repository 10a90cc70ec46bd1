namespace Federation.Domain.Workloads;

/// <summary>How the image is run. What is left out is as the image says.</summary>
public sealed record ContainerTemplate
{
    /// <summary>The program and its first arguments, in place of the image's entrypoint; the image's own arguments are then left out too.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>Arguments, in place of the image's.</summary>
    public IReadOnlyList<string>? Arguments { get; init; }

    /// <summary>Where it starts: a path inside the container.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Whom it runs as: <c>user</c> or <c>user:group</c>, by name or number inside the container.</summary>
    public string? User { get; init; }

    /// <summary>The signal that asks it to end, such as <c>SIGQUIT</c>; the image's, or else SIGTERM.</summary>
    public string? StopSignal { get; init; }

    /// <summary>Environment for the container form alone; wins over the template's.</summary>
    public IReadOnlyDictionary<string, string>? Environment { get; init; }
}
