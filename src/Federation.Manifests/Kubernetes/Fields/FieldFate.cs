namespace Federation.Manifests.Kubernetes.Fields;

/// <summary>What becomes of a field of a Kubernetes manifest.</summary>
public enum FieldFate
{
    /// <summary>It stands in a resource.</summary>
    Mapped,

    /// <summary>The reader itself obeys it, or a server has written it.</summary>
    Read,

    /// <summary>It is carried to Kubernetes clusters, and keeps its workload on them.</summary>
    Kept,

    /// <summary>It is carried to Kubernetes clusters; others do without, which is told with its place.</summary>
    Carried,

    /// <summary>It changes nothing, and is told with its place.</summary>
    Warned,

    /// <summary>The file is refused.</summary>
    Refused,
}
