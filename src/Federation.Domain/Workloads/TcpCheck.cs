namespace Federation.Domain.Workloads;

/// <summary>A connection to one of the replica's ports.</summary>
public sealed record TcpCheck
{
    /// <summary>The port's name; the first port if left out.</summary>
    public string? Port { get; init; }
}
