using System.Globalization;
using Federation.Cli.Rendering;
using Federation.Client.Resources;
using Federation.Contracts.Api;
using Federation.Domain.Resources;
using Federation.Domain.Workloads;

namespace Federation.Cli.Stacks;

/// <summary>Workloads and replicas in the columns that users of a swarm know, and the cluster.</summary>
internal static class ServiceTable
{
    /// <summary>The columns of <c>service ls</c> and <c>stack services</c>.</summary>
    public static Table Empty() => new(new("NAME"), new("MODE"), new("REPLICAS", Right: true), new("IMAGE"), new("PORTS"), new("STATE"), new("CLUSTER"));

    public static ListedItem Listed(Workload workload) => new(
        $"service/{NameOf(workload)}", ResourceOutput.Json(workload),
        table => table.Add(NameOf(workload), ModeOf(workload), Replicas(workload), ImageOf(workload), Ports(workload), ResourceTable.State(workload), Clusters(workload)));

    /// <summary>The columns of <c>service ps</c> and <c>stack ps</c>.</summary>
    public static Table EmptyTasks() => new(new("ID"), new("NAME"), new("IMAGE"), new("NODE"), new("CURRENT STATE"), new("ERROR"), new("CLUSTER"));

    public static ListedItem Task(Workload workload, ReplicaView replica) => new(
        replica.Id, System.Text.Json.JsonSerializer.SerializeToNode(replica, Domain.Json.DomainJson.Options)!,
        table => table.Add(
            replica.Id, NameOf(workload), ImageOf(workload), replica.Node ?? "-", $"{(replica.State.Length > 0 ? char.ToUpperInvariant(replica.State[0]) + replica.State[1..] : "-")} {Age.Of(replica.StartedAt, DateTimeOffset.UtcNow)}",
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

    private static string Ports(Workload workload) => workload.Spec.Template.Ports is { Count: > 0 } ports && ports.Any(static port => port.PublishedPort is not null)
        ? string.Join(", ", ports.Where(static port => port.PublishedPort is not null).Select(static port => string.Create(CultureInfo.InvariantCulture, $"*:{port.PublishedPort}->{port.ContainerPort}/{(port.Protocol == PortProtocol.Udp ? "udp" : "tcp")}")))
        : "-";

    private static string Clusters(Workload workload) => workload.Status?.Clusters is { Count: > 0 } shares
        ? string.Join(", ", shares.Select(static share => string.Create(CultureInfo.InvariantCulture, $"{share.Cluster} {share.Ready}/{share.Assigned}")))
        : "-";
}
