using System.Globalization;
using System.Text.Json.Nodes;
using Federation.Cli.Applying;
using Federation.Cli.Rendering;
using Federation.Cli.Session;
using Federation.Client.Resources;
using Federation.Domain.Clusters;
using Federation.Domain.Identifiers;
using Federation.Domain.Policies;
using Federation.Domain.Resources;
using Federation.Domain.Tenancy;
using Federation.Domain.Volumes;
using Federation.Domain.Workloads;
using Federation.Manifests;
using Federation.Manifests.Compose;
using Federation.Manifests.Writing;

namespace Federation.Cli.Importing;

/// <summary>
/// Makes services that already run in a swarm workloads of the plane: first it is on record which service is which workload, then the workloads are applied. Whichever of the two is
/// not reached, another run goes on where this one ended.
/// </summary>
internal sealed class ImportRun(PlaneSession session, CliConsole console, string cluster)
{
    private const string Manager = "fedctl-import";
    private const string ClusterKey = "federation/cluster";

    /// <summary>Lists what could be adopted.</summary>
    public async Task ListAsync(CancellationToken ct)
    {
        var table = new Table(new("SERVICE"), new("STACK"), new("REPLICAS", Right: true), new("WORKLOAD"), new("NOTE"));
        foreach (ForeignService service in await session.Client.ForeignServicesAsync(cluster, ct))
            table.Add(service.Name, service.Stack ?? "-", string.Create(CultureInfo.InvariantCulture, $"{service.Running}/{service.Replicas}"), service.Refusal is null ? NameOf(service) : "-", service.Refusal ?? "-");
        if (table.Count == 0) console.Out.WriteLine($"cluster {cluster} runs no service that is not the plane's");
        else table.Write(console, wide: true);
    }

    /// <summary>Adopts services.</summary>
    /// <param name="names">Their names in the swarm.</param>
    /// <param name="stack">A stack whose services are adopted; null for none.</param>
    /// <param name="all">All that can be.</param>
    /// <param name="choices">How the workloads are applied.</param>
    /// <param name="print">Whether the resources are printed in place of being applied.</param>
    /// <param name="ct">Ends it.</param>
    public async Task AdoptAsync(IReadOnlyList<string> names, string? stack, bool all, ApplyChoices choices, bool print, CancellationToken ct)
    {
        IReadOnlyList<ForeignService> chosen = Choose(await session.Client.ForeignServicesAsync(cluster, ct), names, stack, all);
        IReadOnlyList<Resource> resources = [.. chosen.SelectMany(ResourcesOf)];
        if (print)
        {
            console.Out.Write(ResourceWriter.ToYaml(resources));
            return;
        }
        foreach (ForeignService service in chosen)
            foreach (string note in service.LaterWithout) console.Error.WriteLine($"note: {service.Name}: it keeps this as it runs, and a later version is without it: {note}");
        var room = (Namespace)await session.RequireAsync(ResourceKind.Of<Namespace>(), session.Namespace, ct);
        TenantId tenant = room.Metadata.Tenant ?? throw new CliException(ExitCode.Failed, $"namespace/{session.Namespace} says no tenant", "log in as the tenant's own, or give --tenant");
        await RequireFreeAsync(chosen, tenant, ct);
        DeclaredResource[] declared = [.. resources.Select(Declare)];
        await new ApplyRun(session, console, choices).RunAsync(declared, ct, recordFirst: stop => RecordAsync(chosen, tenant, stop));
        if (choices.DryRun) return;
        if (choices.WaitFor is null)
        {
            console.Out.WriteLine($"{chosen.Count} of cluster {cluster} are being adopted; what is left to do: fedctl cluster import {cluster}");
            return;
        }
        string[] left = [.. (await session.Client.ForeignServicesAsync(cluster, ct)).Select(static service => service.Name).Intersect(chosen.Select(static service => service.Name))];
        if (left.Length > 0) throw new CliException(ExitCode.Failed, $"{left.Length} of {chosen.Count} are not adopted: {string.Join(", ", left)}", "see why: fedctl describe workload NAME");
        console.Out.WriteLine($"{chosen.Count} of cluster {cluster} adopted");
    }

    // A workload of that name that is something else would become this service, and what it is now would end.
    private async Task RequireFreeAsync(IReadOnlyList<ForeignService> chosen, TenantId tenant, CancellationToken ct)
    {
        var present = (Cluster)await session.RequireAsync(ResourceKind.Of<Cluster>(), cluster, ct);
        HashSet<string> taken = [.. (await session.ListAsync(ResourceKind.Of<Workload>(), false, null, ct)).Select(static workload => workload.Metadata.Name)];
        foreach (ForeignService service in chosen)
        {
            string name = NameOf(service);
            if (!taken.Contains(name) || present.Spec.AdoptionOf(new WorkloadKey(tenant, session.Namespace, name))?.Service == service.Name) continue;
            throw new CliException(ExitCode.Refused, $"workload/{name} is there already, and is not the service {service.Name} of cluster {cluster}; nothing was changed", "import into another namespace: -n NAMESPACE");
        }
    }

    private IReadOnlyList<ForeignService> Choose(IReadOnlyList<ForeignService> found, IReadOnlyList<string> names, string? stack, bool all)
    {
        if (names.FirstOrDefault(name => found.All(service => service.Name != name)) is { } missing)
            throw new CliException(ExitCode.NotFound, $"cluster {cluster} runs no service {missing} that is not the plane's already", $"see what it runs: fedctl cluster import {cluster}");
        ForeignService[] meant = [.. found.Where(service => all || names.Contains(service.Name) || (stack is not null && service.Stack == stack))];
        if (meant.Length == 0)
            throw new CliException(ExitCode.NotFound, $"cluster {cluster} runs no service {(stack is null ? "" : $"of a stack {stack} ")}that is not the plane's already", $"see what it runs: fedctl cluster import {cluster}");
        ForeignService[] unfit = [.. meant.Where(static service => service.Refusal is not null)];
        foreach (ForeignService service in unfit) console.Error.WriteLine($"{(all ? "note" : "error")}: {service.Name} is left as it is: {service.Refusal}");
        // Who names a service, or a stack, means all of it.
        if (unfit.Length > 0 && !all) throw new CliException(ExitCode.Refused, $"{unfit.Length} of {meant.Length} cannot be adopted; nothing was changed", "adopt the others by name, or all that can be: --all");
        meant = [.. meant.Where(static service => service.Refusal is null)];
        if (meant.GroupBy(NameOf, StringComparer.Ordinal).FirstOrDefault(static same => same.Count() > 1) is { } same)
            throw new CliException(ExitCode.Refused, $"{string.Join(" and ", same.Select(static service => service.Name))} would both be workload {same.Key}; nothing was changed", "import each stack into a namespace of its own: --stack NAME -n NAMESPACE");
        return meant;
    }

    // As a stack file's service would be called.
    private static string NameOf(ForeignService service) =>
        ComposeReader.NameOf(service.Stack is { } stack && service.Name.StartsWith(stack + "_", StringComparison.Ordinal) ? service.Name[(stack.Length + 1)..] : service.Name);

    private IEnumerable<Resource> ResourcesOf(ForeignService service)
    {
        IReadOnlyDictionary<string, string>? labels = service.Stack is { } stack ? new Dictionary<string, string> { [StackLabel.Key] = ComposeReader.NameOf(stack) } : null;
        foreach (AdoptedVolume volume in service.Volumes ?? [])
            yield return new Volume { Metadata = new() { Name = volume.Name, Namespace = session.Namespace, Labels = labels }, Spec = new VolumeSpec { Cluster = cluster } };
        yield return new Workload
        {
            Metadata = new() { Name = NameOf(service), Namespace = session.Namespace, Labels = labels },
            Spec = new WorkloadSpec
            {
                Replicas = service.Replicas,
                Template = service.Template,
                Update = service.Update,
                // Where it runs, until somebody says more.
                Placement = new PlacementPolicySpec { Affinity = [new LabelTerm { Key = ClusterKey, Values = [cluster] }] },
            },
        };
    }

    private DeclaredResource Declare(Resource resource) => new(resource, ResourceKind.Find(resource.Kind)!, cluster, 0, ResourceWriter.ToNode(resource));

    // The fields of one writer are written as a whole: those of an earlier import are said again.
    private async Task RecordAsync(IReadOnlyList<ForeignService> chosen, TenantId tenant, CancellationToken ct)
    {
        var present = (Cluster)await session.RequireAsync(ResourceKind.Of<Cluster>(), cluster, ct);
        IEnumerable<Adoption> adoptions = (present.Spec.Adoptions ?? []).Where(adoption => chosen.All(service => service.Name != adoption.Service))
            .Concat(chosen.Select(service => service.As(new WorkloadKey(tenant, session.Namespace, NameOf(service)))));
        var fields = ResourceWriter.ToNode(new Cluster { Metadata = new() { Name = cluster }, Spec = new ClusterSpec { Adoptions = [.. adoptions.OrderBy(static adoption => adoption.Service, StringComparer.Ordinal)] } });
        fields["spec"] = new JsonObject { ["adoptions"] = fields["spec"]!["adoptions"]!.DeepClone() };
        await session.Client.ApplyFieldsAsync(ResourceKind.Of<Cluster>(), fields, new ApplyOptions { FieldManager = Manager, IfVersion = present.Metadata.ResourceVersion, Force = true }, ct);
    }
}
