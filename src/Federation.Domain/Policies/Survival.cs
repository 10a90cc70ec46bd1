namespace Federation.Domain.Policies;

/// <summary>Whose loss the rest of the world must have room for.</summary>
public enum Survival
{
    /// <summary>Any one cluster.</summary>
    Cluster,

    /// <summary>All clusters with the same label <c>region</c>; one without the label is a region of its own.</summary>
    Region,
}
