using Federation.Domain.Assignments;
using Federation.Domain.Json;

namespace Federation.Adapters;

/// <summary>An Assignment with the files it needs.</summary>
/// <param name="Assignment">The order.</param>
/// <param name="Material">Its configs and secrets, still sealed to this agent.</param>
public sealed record DesiredAssignment(Assignment Assignment, IReadOnlyList<SealedFiles> Material)
{
    /// <summary>Whether another says the same. A full set repeats everything, and what it does not change is not written again; a newer box of the same version is sealed to the same key.</summary>
    public bool SaysTheSameAs(DesiredAssignment other) =>
        ReferenceEquals(this, other)
        || (Material.Select(static files => (files.Kind, files.Name, files.Version)).SequenceEqual(other.Material.Select(static files => (files.Kind, files.Name, files.Version)))
            && DomainJson.SaysTheSame(Assignment, other.Assignment));
}
