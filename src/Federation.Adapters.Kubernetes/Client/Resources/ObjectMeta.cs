namespace Federation.Adapters.Kubernetes.Client.Resources;

/// <summary>What all objects have. managedFields are not read: they are most of an object's bytes and nothing here looks at them.</summary>
internal sealed record ObjectMeta
{
    public string Name { get; init; } = "";

    public string? Namespace { get; init; }

    public string? Uid { get; init; }

    public string? ResourceVersion { get; init; }

    public long? Generation { get; init; }

    public DateTimeOffset? CreationTimestamp { get; init; }

    /// <summary>Set while it is being deleted; may lie ahead, and moves back at the end.</summary>
    public DateTimeOffset? DeletionTimestamp { get; init; }

    public long? DeletionGracePeriodSeconds { get; init; }

    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    public IReadOnlyList<OwnerReference>? OwnerReferences { get; init; }

    public IReadOnlyList<string>? Finalizers { get; init; }
}

/// <summary>Who made an object, and takes it along when it goes.</summary>
internal sealed record OwnerReference
{
    public string ApiVersion { get; init; } = "";

    public string Kind { get; init; } = "";

    public string Name { get; init; } = "";

    public string Uid { get; init; } = "";

    public bool? Controller { get; init; }
}

/// <summary>An object with metadata.</summary>
internal interface IApiObject
{
    ObjectMeta Metadata { get; }
}

/// <summary>One page of a list. Its items carry no kind and apiVersion.</summary>
internal sealed record ObjectList<T>
{
    public ListMeta Metadata { get; init; } = new();

    public IReadOnlyList<T>? Items { get; init; }
}

/// <summary>Where a list stands.</summary>
internal sealed record ListMeta
{
    public string? ResourceVersion { get; init; }

    public string? Continue { get; init; }
}

/// <summary>All that is used of a bookmark: the rest of its object only looks like one.</summary>
internal sealed record Bookmark
{
    public ObjectMeta Metadata { get; init; } = new();
}

/// <summary>A condition, as every kind has them.</summary>
internal sealed record Condition
{
    public string Type { get; init; } = "";

    /// <summary><c>True</c>, <c>False</c> or <c>Unknown</c>.</summary>
    public string Status { get; init; } = "";

    public string? Reason { get; init; }

    public string? Message { get; init; }

    public DateTimeOffset? LastTransitionTime { get; init; }
}
