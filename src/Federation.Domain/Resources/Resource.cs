namespace Federation.Domain.Resources;

/// <summary>A thing a user declares: metadata and a spec of its kind, with the plane's status beside it.</summary>
public abstract record Resource
{
    /// <summary>The only version so far.</summary>
    public const string Version = "federation/v1";

    /// <summary>Always <see cref="Version"/>.</summary>
    public string ApiVersion => Version;

    /// <summary>The kind's name as files write it.</summary>
    public abstract string Kind { get; }

    /// <summary>Name, labels and what the server adds.</summary>
    public required ResourceMetadata Metadata { get; init; }
}
