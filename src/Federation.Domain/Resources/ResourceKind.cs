using Federation.Domain.Clusters;
using Federation.Domain.Policies;
using Federation.Domain.Routing;
using Federation.Domain.SecretMaterial;
using Federation.Domain.Tenancy;
using Federation.Domain.Volumes;
using Federation.Domain.Workloads;

namespace Federation.Domain.Resources;

/// <summary>One declarable kind: how files, paths and tables name it, and which service owns it.</summary>
/// <param name="Name">As files write it: <c>Workload</c>.</param>
/// <param name="Plural">As paths write it: <c>workloads</c>.</param>
/// <param name="ShortName">What a person may type: <c>wl</c>.</param>
/// <param name="Namespaced">Whether it lives in a namespace.</param>
/// <param name="Owner">The service that alone writes it.</param>
/// <param name="Type">The resource's record.</param>
/// <param name="ApplyOrder">Files are applied in this order, removed in the reverse.</param>
public sealed record ResourceKind(string Name, string Plural, string ShortName, bool Namespaced, OwningService Owner, Type Type, int ApplyOrder)
{
    /// <summary>All kinds, in the order of application.</summary>
    public static IReadOnlyList<ResourceKind> All { get; } =
    [
        new("Cluster", "clusters", "cl", false, OwningService.Placement, typeof(Cluster), 0),
        new("Namespace", "namespaces", "ns", false, OwningService.Identity, typeof(Namespace), 1),
        new("PlacementPolicy", "placementpolicies", "pp", true, OwningService.Placement, typeof(PlacementPolicy), 2),
        new("Config", "configs", "cfg", true, OwningService.SecretStore, typeof(Config), 3),
        new("Secret", "secrets", "sec", true, OwningService.SecretStore, typeof(Secret), 4),
        new("Volume", "volumes", "vol", true, OwningService.Placement, typeof(Volume), 5),
        new("Workload", "workloads", "wl", true, OwningService.Placement, typeof(Workload), 6),
        new("Route", "routes", "rt", true, OwningService.Placement, typeof(Route), 7),
    ];

    /// <summary>The kind by its name, plural or short name, whatever the letters' case; null if there is none.</summary>
    public static ResourceKind? Find(string text) => All.FirstOrDefault(kind =>
        kind.Name.Equals(text, StringComparison.OrdinalIgnoreCase)
        || kind.Plural.Equals(text, StringComparison.OrdinalIgnoreCase)
        || kind.ShortName.Equals(text, StringComparison.OrdinalIgnoreCase));

    /// <summary>The kind of a record type.</summary>
    public static ResourceKind Of<T>() where T : Resource => All.First(kind => kind.Type == typeof(T));
}
