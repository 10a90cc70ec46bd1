namespace Federation.Domain.Policies;

/// <summary>A way to divide replicas.</summary>
public enum DivisionStrategy
{
    /// <summary>In proportion to free capacity.</summary>
    Dynamic,

    /// <summary>By fixed weights.</summary>
    Weighted,

    /// <summary>The whole number on every chosen cluster.</summary>
    Duplicated,
}
