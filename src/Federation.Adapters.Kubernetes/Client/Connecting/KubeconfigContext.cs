namespace Federation.Adapters.Kubernetes.Client.Connecting;

/// <summary>An entry of <c>contexts</c>: a cluster, a user and a namespace under one name.</summary>
public sealed record KubeconfigContext
{
    /// <summary>The file that it stands in.</summary>
    public required string File { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The entry of <c>clusters</c>.</summary>
    public string Cluster { get; init; } = "";

    /// <summary>The entry of <c>users</c>; empty for nobody.</summary>
    public string User { get; init; } = "";

    /// <summary>The namespace where none is named; null for <c>default</c>.</summary>
    public string? Namespace { get; init; }
}
