namespace Federation.Engine.Containers;

/// <summary>Which of a container's output is wanted; both of its streams.</summary>
public sealed record LogRequest
{
    /// <summary>Whether to go on with what is written from now on, until the container ends.</summary>
    public bool Follow { get; init; }

    /// <summary>Nothing that was written before.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>At most so many of the last lines; all if null.</summary>
    public int? Tail { get; init; }

    /// <summary>Whether each piece begins with its time (RFC 3339) and a space.</summary>
    public bool Timestamps { get; init; }
}
