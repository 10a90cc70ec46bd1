using Federation.Cli.Session;
using Federation.Domain.Policies;
using Federation.Domain.Resources;
using Federation.Domain.Routing;
using Federation.Domain.SecretMaterial;
using Federation.Domain.Volumes;
using Federation.Domain.Workloads;

namespace Federation.Cli.Targets;

/// <summary>A workload that the plane has, with what belongs to it.</summary>
internal static class AppliedInput
{
    /// <exception cref="CliException">It is not there.</exception>
    public static async Task<IReadOnlyList<Resource>> ReadAsync(PlaneSession session, string name, CancellationToken ct)
    {
        var workload = (Workload)await session.RequireAsync(ResourceKind.Of<Workload>(), name, ct);
        var resources = new List<Resource> { workload };
        WorkloadTemplate template = workload.Spec.Template;
        foreach (FileReference reference in (template.Configs ?? []).DistinctBy(static one => one.Name)) await AddAsync(ResourceKind.Of<Config>(), reference.Name);
        foreach (FileReference reference in (ImagePulls.MaterialOf(template) ?? []).DistinctBy(static one => one.Name)) await AddAsync(ResourceKind.Of<Secret>(), reference.Name);
        foreach (VolumeReference reference in (template.Volumes ?? []).DistinctBy(static one => one.Name)) await AddAsync(ResourceKind.Of<Volume>(), reference.Name);
        if (workload.Spec.PlacementPolicy is { } policy) await AddAsync(ResourceKind.Of<PlacementPolicy>(), policy);
        resources.AddRange((await session.Client.ListAsync<Route>(ct: ct)).Items.Where(route => route.Spec.Workload == name));
        return resources;

        async Task AddAsync(ResourceKind kind, string named)
        {
            if (await session.Client.FindAsync(kind, named, ct: ct) is { } found) resources.Add(found);
        }
    }
}
