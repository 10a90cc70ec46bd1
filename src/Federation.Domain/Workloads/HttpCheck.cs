namespace Federation.Domain.Workloads;

/// <summary>A GET on one of the replica's ports.</summary>
public sealed record HttpCheck
{
    /// <summary>The path, beginning with a slash.</summary>
    public string Path { get; init; } = "/";

    /// <summary>The port's name; the first port if left out.</summary>
    public string? Port { get; init; }
}
