using Federation.Domain.Identifiers;

namespace Federation.Identity.Enrolling;

/// <summary>A join token, its secret kept as a hash.</summary>
internal sealed record JoinTokenDocument
{
    public required string Id { get; init; }

    public required string SecretHash { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public required string CreatedBy { get; init; }

    /// <summary>For a node: its cluster, and its name if that is bound too.</summary>
    public ClusterId? Cluster { get; init; }

    public NodeId? Node { get; init; }

    /// <summary>For one of the plane's services: its name. Such a token serves again and again, on this machine alone.</summary>
    public string? Service { get; init; }

    /// <summary>SHA-256 of the key that used it: the same key may ask again, since an answer may be lost.</summary>
    public string? UsedByKey { get; init; }

    /// <summary>The node that used it.</summary>
    public NodeId? UsedByNode { get; init; }
}
