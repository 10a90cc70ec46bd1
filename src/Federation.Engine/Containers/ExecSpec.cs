namespace Federation.Engine.Containers;

/// <summary>A command to be run inside a running container.</summary>
public sealed record ExecSpec
{
    /// <summary>The program and its arguments.</summary>
    public required IReadOnlyList<string> Cmd { get; init; }

    /// <summary><c>NAME=VALUE</c>, over the container's own.</summary>
    public IReadOnlyList<string>? Env { get; init; }

    /// <summary>Whom it runs as; the container's user if left out.</summary>
    public string? User { get; init; }

    /// <summary>Where it starts; the container's folder if left out.</summary>
    public string? WorkingDir { get; init; }

    /// <summary>Whether it has a terminal.</summary>
    public bool Tty { get; init; }

    /// <summary>Whether it has input.</summary>
    public bool AttachStdin { get; init; }

    /// <summary>Whether its output is wanted.</summary>
    public bool AttachStdout { get; init; } = true;

    /// <summary>Whether its errors are wanted.</summary>
    public bool AttachStderr { get; init; } = true;

    /// <summary>Height and width of the terminal's screen; from API 1.42, an older engine learns it by a resize.</summary>
    public IReadOnlyList<int>? ConsoleSize { get; init; }
}
