namespace Federation.Domain.Resources;

/// <summary>A writer of a resource, and the fields that it owns.</summary>
public sealed record FieldOwner
{
    /// <summary>The writer's name: <c>fedctl</c>, <c>fedctl-scale</c>, or what an apply called itself.</summary>
    public required string Manager { get; init; }

    /// <summary>When it last changed what it owns.</summary>
    public DateTimeOffset ChangedAt { get; init; }

    /// <summary>The fields' paths in ordinal order: <c>spec.replicas</c>, <c>spec.template.ports[name="http"].protocol</c>, <c>metadata.labels.app</c>.</summary>
    public required IReadOnlyList<string> Fields { get; init; }
}
