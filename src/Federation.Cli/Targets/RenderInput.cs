using Federation.Domain.Resources;
using Federation.Domain.SecretMaterial;

namespace Federation.Cli.Targets;

/// <summary>What is rendered, and for whom.</summary>
/// <param name="Resources">Workloads, and what belongs to them.</param>
/// <param name="Tenant">The tenant of those that name none.</param>
/// <param name="Cluster">The cluster's name; the target's own where nobody says it.</param>
/// <param name="Stack">The stack that a Compose file is of; that of the resources where nobody says it.</param>
internal sealed record RenderInput(IReadOnlyList<Resource> Resources, string Tenant, string? Cluster, string? Stack)
{
    /// <summary>A Config or Secret; null where it is not part of the input.</summary>
    public Resource? Material(string kind, string room, string name) =>
        Resources.FirstOrDefault(resource => resource is Config or Secret && resource.Kind == kind && resource.Metadata.Name == name && (resource.Metadata.Namespace ?? "default") == room);
}
