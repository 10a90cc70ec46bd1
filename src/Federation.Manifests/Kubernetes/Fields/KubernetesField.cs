namespace Federation.Manifests.Kubernetes.Fields;

/// <summary>One field of a Kubernetes manifest, and what becomes of it.</summary>
/// <param name="Kind">The kind of object, such as <c>Deployment</c>.</param>
/// <param name="Path">With <c>&lt;name&gt;</c> for a name of the user's and <c>[]</c> for an item.</param>
/// <param name="Fate">What becomes of it.</param>
/// <param name="Detail">What it is mapped to, or the reason; empty where a field that is carried means nothing elsewhere.</param>
public sealed record KubernetesField(string Kind, string Path, FieldFate Fate, string Detail)
{
    /// <summary>Whether all paths below this one are meant, too.</summary>
    public bool WithAllBelow { get; init; }

    /// <summary>Whether it is there for its form alone: what becomes of it is said by a path above.</summary>
    public bool OfAbove { get; init; }

    /// <summary>The part of the table that says it, where several kinds share it: <c>Pod</c>.</summary>
    public string Section { get; init; } = Kind;
}
