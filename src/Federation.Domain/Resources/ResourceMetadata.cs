using Federation.Domain.Identifiers;

namespace Federation.Domain.Resources;

/// <summary>What every resource carries beside its spec. Members marked "server" are written by the plane and ignored on input.</summary>
public sealed record ResourceMetadata
{
    /// <summary>The name, unique among its kind in its namespace (or in the plane, for Cluster and Namespace).</summary>
    public required string Name { get; init; }

    /// <summary>The namespace; null for kinds outside namespaces, <c>default</c> where a file leaves it out.</summary>
    public string? Namespace { get; init; }

    /// <summary>Labels for selection.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>Free notes.</summary>
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    /// <summary>Server: the owner.</summary>
    [ServerWritten]
    public TenantId? Tenant { get; init; }

    /// <summary>Server: unique for ever; a resource made again under the same name has another.</summary>
    [ServerWritten]
    public string? Uid { get; init; }

    /// <summary>Server: rises by one with each change of the spec.</summary>
    [ServerWritten]
    public long? Generation { get; init; }

    /// <summary>Server: the store's revision of this state; the API's ETag.</summary>
    [ServerWritten]
    public string? ResourceVersion { get; init; }

    /// <summary>Server: when it was first made.</summary>
    [ServerWritten]
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>Server: set while a deletion is being carried out.</summary>
    [ServerWritten]
    public DateTimeOffset? DeletionRequestedAt { get; init; }

    /// <summary>Server: who owns which fields; shown where it is asked for.</summary>
    [ServerWritten]
    public IReadOnlyList<FieldOwner>? ManagedFields { get; init; }
}
