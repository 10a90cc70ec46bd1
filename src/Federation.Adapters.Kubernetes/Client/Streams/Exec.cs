using Federation.Adapters.Kubernetes.Client.Errors;

namespace Federation.Adapters.Kubernetes.Client.Streams;

/// <summary>A program to run in a container.</summary>
internal sealed record ExecRequest(IReadOnlyList<string> Command)
{
    /// <summary>Needed where a pod has several.</summary>
    public string? Container { get; init; }

    /// <summary>Whether it reads what we write.</summary>
    public bool Input { get; init; }

    /// <summary>Whether it has a terminal: then errors come with the output.</summary>
    public bool Terminal { get; init; }
}

/// <summary>Where bytes come from.</summary>
internal enum ExecSource
{
    Output,
    Errors,
}

/// <summary>Some bytes of what a program prints; they end anywhere, also within a character.</summary>
internal readonly record struct ExecPiece(ExecSource Source, ReadOnlyMemory<byte> Bytes);

/// <summary>How it ended.</summary>
internal abstract record ExecOutcome
{
    /// <summary>With this code.</summary>
    public sealed record Exited(int Code) : ExecOutcome;

    /// <summary>It could not be run.</summary>
    public sealed record Failed(ApiStatus Status) : ExecOutcome;

    /// <summary>The stream ended before it was said: it may run on.</summary>
    public sealed record Unknown : ExecOutcome;
}
