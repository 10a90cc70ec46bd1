namespace Federation.Engine.Containers;

/// <summary>What a container was made with, or what an image gives to its containers.</summary>
public sealed record ContainerConfig
{
    /// <summary>Whom it runs as; empty for root.</summary>
    public string? User { get; init; }

    /// <summary>How it is asked to end; SIGTERM if left out.</summary>
    public string? StopSignal { get; init; }

    /// <summary>The program and its first arguments.</summary>
    public IReadOnlyList<string>? Entrypoint { get; init; }

    /// <summary>Arguments after the entrypoint's own, or the program itself.</summary>
    public IReadOnlyList<string>? Cmd { get; init; }

    /// <summary>Whether it has a terminal.</summary>
    public bool Tty { get; init; }

    /// <summary>Labels.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}
