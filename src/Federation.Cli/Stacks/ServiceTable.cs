using System.Globalization;
using Federation.Cli.Rendering;
using Federation.Client.Resources;
using Federation.Contracts.Api;
using Federation.Domain.Resources;
using Federation.Domain.Routing;
using Federation.Domain.Workloads;

namespace Federation.Cli.Stacks;

/// <summary>Workloads and replicas in the columns that users of a swarm know, and the cluster.</summary>
internal static class ServiceTable
{
    /// <summary>The columns of <c>service ls</c> and <c>stack services</c>.</summary>
    public static Table Empty() => new(new("NAME"), new("MODE"), new("REPLICAS", Right: true), new("IMAGE"), new("PORTS"), new("STATE"), new("CLUSTER"));

    public static ListedItem Listed(Workload workload, IReadOnlyList<Route> routes) => new(
        $"service/{NameOf(workload)}", ResourceOutput.Json(workload),
        table => table.Add(NameOf(workload), ModeOf(workload), Replicas(workload), ImageOf(workload), Ports(workload, routes), ResourceTable.State(workload), Clusters(workload)));

    /// <summary>The columns of <c>service ps</c> and <c>stack ps</c>.</summary>
    public static Table EmptyTasks() => new(new("ID"), new("NAME"), new("IMAGE"), new("NODE"), new("CURRENT STATE"), new("ERROR"), new("CLUSTER"));

    public static ListedItem Task(Workload workload, ReplicaView replica, string? image = null) => new(
        replica.Id, System.Text.Json.JsonSerializer.SerializeToNode(replica, Domain.Json.DomainJson.Options)!,
        table => table.Add(
            replica.Id, NameOf(workload), image ?? ImageOf(workload), replica.Node ?? "-", $"{(replica.State.Length > 0 ? ReplicaTable.Titled(replica.State) : "-")} {Age.Of(replica.StartedAt, DateTimeOffset.UtcNow)}",
            replica.Message ?? replica.LastEnd ?? "-", replica.Cluster));

    /// <summary>STACK_SERVICE, as a swarm calls it; the workload's name where it is of no stack.</summary>
    public static string NameOf(Workload workload) => StackLabel.Of(workload.Metadata) is { } stack ? $"{stack}_{workload.Metadata.Name}" : workload.Metadata.Name;

    /// <summary>A service by its name, or as STACK_SERVICE.</summary>
    public static async Task<Workload> FindAsync(Session.PlaneSession session, string name, CancellationToken ct)
    {
        string word = Session.ResourceTarget.WorkloadName(name);
        ResourceKind kind = ResourceKind.Of<Workload>();
        if (await session.Client.FindAsync(kind, word, ct: ct) is Workload exact) return exact;
        ResourceSet<Resource> all = await session.Client.ListAsync(kind, new ListQuery(), ct);
        return all.Items.OfType<Workload>().FirstOrDefault(workload => NameOf(workload) == word || Manifests.Compose.ComposeReader.NameOf(word) == workload.Metadata.Name)
            ?? throw await session.NotFoundAsync(kind, word, ct);
    }

    private static string ModeOf(Workload workload) => workload.Spec.Template.Container?.Mode switch
    {
        ContainerMode.Global => "global",
        ContainerMode.ReplicatedJob => "replicated-job",
        ContainerMode.GlobalJob => "global-job",
        _ => "replicated",
    };

    private static string Replicas(Workload workload) => string.Create(CultureInfo.InvariantCulture, $"{workload.Status?.Ready ?? 0}/{workload.Status?.Desired ?? workload.Spec.Replicas ?? 1}");

    private static string ImageOf(Workload workload) => workload.Spec.Template.Image ?? workload.Spec.Template.Process?.Command ?? "-";

    // A port with a way in at the ingress is opened on no machine, unless it is the machine's own.
    private static string Ports(Workload workload, IReadOnlyList<Route> routes)
    {
        Route[] own = [.. routes.Where(route => route.Spec.Workload == workload.Metadata.Name && route.Metadata.Namespace == workload.Metadata.Namespace)];
        string[] all =
        [
            .. own.Select(static route => route.Spec.Path == "/" ? route.Spec.Host : route.Spec.Host + route.Spec.Path),
            .. (workload.Spec.Template.Ports ?? []).Where(port => port.PublishedPort is not null && (port.Publish == PublishMode.Host || !own.Any(route => route.Spec.Port is null || route.Spec.Port == port.Name)))
                .Select(static port => string.Create(CultureInfo.InvariantCulture, $"*:{port.PublishedPort}->{port.ContainerPort}/{(port.Protocol == PortProtocol.Udp ? "udp" : "tcp")}")),
        ];
        return all.Length > 0 ? string.Join(", ", all) : "-";
    }

    /// <summary>The routes that lead to services.</summary>
    public static async Task<IReadOnlyList<Route>> RoutesAsync(Session.PlaneSession session, CancellationToken ct) => [.. (await session.ListAsync(ResourceKind.Of<Route>(), false, null, ct)).Cast<Route>()];

    private static string Clusters(Workload workload) => workload.Status?.Clusters is { Count: > 0 } shares
        ? string.Join(", ", shares.Select(static share => string.Create(CultureInfo.InvariantCulture, $"{share.Cluster} {share.Ready}/{share.Assigned}")))
        : "-";
}
