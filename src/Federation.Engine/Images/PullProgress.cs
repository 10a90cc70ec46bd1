namespace Federation.Engine.Images;

/// <summary>A step of an image's pull.</summary>
public sealed record PullProgress
{
    /// <summary>What is done.</summary>
    public string? Status { get; init; }

    /// <summary>The layer that it is done with.</summary>
    public string? Id { get; init; }

    /// <summary>Why the pull failed; the last there is.</summary>
    public string? Error { get; init; }
}
