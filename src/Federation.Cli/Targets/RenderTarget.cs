using System.Text.Json.Nodes;
using Federation.Adapters;
using Federation.Adapters.Kubernetes;
using Federation.Adapters.Kubernetes.Rendering;
using Federation.Adapters.Rendering;
using Federation.Adapters.Swarm.Rendering;
using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Resources;
using Federation.Domain.Routing;
using Federation.Domain.SecretMaterial;
using Federation.Domain.Volumes;
using Federation.Domain.Workloads;
using Federation.Manifests.Compose.Rendering;

namespace Federation.Cli.Targets;

/// <summary>What resources are rendered as. Nothing is sent, and nothing is asked.</summary>
/// <param name="Name">As <c>--target</c> names it.</param>
/// <param name="Render">Renders.</param>
internal sealed record RenderTarget(string Name, Func<RenderInput, Rendered> Render)
{
    // Names and marks end in hashes of the plane's id, which a plane tells its agents alone.
    private const string Plane = "plane";

    /// <summary>All targets.</summary>
    public static IReadOnlyList<RenderTarget> All { get; } = [new("kubernetes", ToKubernetes), new("swarm", ToSwarm), new("compose", ToCompose)];

    /// <summary>One of them.</summary>
    public static RenderTarget Of(string name) => All.Single(target => target.Name == name);

    private static Rendered ToKubernetes(RenderInput input)
    {
        string cluster = input.Cluster ?? "kubernetes";
        var options = new KubernetesOptions { Cluster = new ClusterId(cluster), Node = new NodeId("agent"), Plane = static () => Plane };
        return Orders(input, cluster, OfferedCapabilities.Kubernetes, (spec, desired, material) => KubernetesRendering.Of(options, spec, desired, material), static orders => [.. KubernetesRendering.Together(orders)]);
    }

    private static Rendered ToSwarm(RenderInput input) => Orders(
        input, input.Cluster ?? "swarm", OfferedCapabilities.Swarm, static (spec, desired, material) => SwarmRendering.Of(Plane, spec, desired, material),
        static orders => [.. SwarmRendering.Together(orders).Select(static request => new JsonObject { ["request"] = request.Request, ["body"] = request.Body })]);

    private static Rendered Orders(
        RenderInput input, string cluster, CapabilityOffer offer, Func<WorkloadSpec, DesiredAssignment, RenderedMaterial, OrderRendering> render, Func<IEnumerable<OrderRendering>, IReadOnlyList<JsonNode>> together)
    {
        List<RenderNote> notes = [], refusals = [];
        var orders = new List<OrderRendering>();
        foreach (Workload workload in input.Resources.OfType<Workload>())
        {
            var material = new RenderedMaterial(input, workload, notes);
            OrderRendering order = render(workload.Spec, new DesiredAssignment(OrderOf(input, workload, material.Template, cluster), material.Files), material);
            notes.AddRange(order.Unsaid.Select(note => new RenderNote(workload, note.Path, note.Reason)));
            notes.AddRange(ContainerNeeds.Of(workload.Spec.Template).Where(offer.Rights.Contains).Select(right => new RenderNote(
                workload, ContainerNeeds.Fields[right], $"it is the right '{right}' on the cluster's machines, which the agent has where their owner grants it ({OfferedCapabilities.RightsSetting})")));
            refusals.AddRange(order.Refusals.Select(note => new RenderNote(workload, note.Path, note.Reason)));
            notes.AddRange(OfThePlane("labels", workload, workload.Metadata.Labels).Concat(OfThePlane("annotations", workload, workload.Metadata.Annotations)));
            orders.Add(order);
        }
        notes.AddRange(input.Resources.Select(resource => Stays(resource, input.Resources)).OfType<RenderNote>());
        return new Rendered(refusals.Count > 0 ? [] : together(orders), notes, refusals);
    }

    // The order that the plane would give, if the cluster were to run all replicas.
    private static Assignment OrderOf(RenderInput input, Workload workload, WorkloadTemplate template, string cluster)
    {
        var id = new ClusterId(cluster);
        string uid = workload.Metadata.Uid ?? $"uid-{workload.Metadata.Name}";
        return new Assignment
        {
            Id = AssignmentId.Of(uid, id, null),
            Workload = new WorkloadKey(workload.Metadata.Tenant ?? new TenantId(input.Tenant), workload.Metadata.Namespace ?? "default", workload.Metadata.Name),
            WorkloadUid = uid,
            Cluster = id,
            Replicas = workload.Spec.Replicas ?? 1,
            Generation = workload.Metadata.Generation ?? 1,
            Revision = TemplateRevision.Of(template),
            Template = template,
            Singleton = workload.Spec.Singleton,
            LeastReady = workload.Spec.Disruption?.LeastReady(workload.Spec.Replicas ?? 1),
        };
    }

    private static IEnumerable<RenderNote> OfThePlane(string member, Workload workload, IReadOnlyDictionary<string, string>? pairs) =>
        (pairs ?? new Dictionary<string, string>()).Keys.Where(static key => key != StackLabel.Key).Order(StringComparer.Ordinal)
            .Select(key => new RenderNote(workload, $"metadata.{member}[\"{key}\"]", "it is the resource's own: no cluster is told"));

    // What is declared beside workloads, and no cluster is told of.
    private static RenderNote? Stays(Resource resource, IReadOnlyList<Resource> all)
    {
        IEnumerable<WorkloadTemplate> templates = all.OfType<Workload>().Where(workload => workload.Metadata.Namespace == resource.Metadata.Namespace).Select(static workload => workload.Spec.Template);
        string name = resource.Metadata.Name;
        return resource switch
        {
            Workload => null,
            Route => new(resource, "", "the plane's own ingress serves it: no cluster is told"),
            Config when templates.Any(template => template.Configs?.Any(one => one.Name == name) == true) => null,
            Secret when templates.Any(template => ImagePulls.MaterialOf(template)?.Any(one => one.Name == name) == true) => null,
            Config or Secret => new(resource, "", "no workload of the input uses it: no cluster is told"),
            Volume volume => volume.Spec != new VolumeSpec() ? new(resource, "spec", "the plane decides by it where the volume lies: no cluster is told")
                : templates.Any(template => template.Volumes?.Any(one => one.Name == name) == true) ? null : new(resource, "", "no workload of the input uses it: no cluster is told"),
            Domain.Tenancy.Namespace => new(resource, "", "a namespace is made where a workload of it runs"),
            _ => new(resource, "", "the plane decides by it: no cluster is told"),
        };
    }

    private static Rendered ToCompose(RenderInput input)
    {
        string[] rooms = [.. input.Resources.Where(static resource => resource.Metadata.Namespace is not null).Select(static resource => resource.Metadata.Namespace!).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (rooms.Length > 1) throw new CliException(ExitCode.InvalidInput, $"a Compose file is of one namespace, and the input is of {string.Join(", ", rooms)}", "render each by itself");
        string stack = input.Stack ?? ComposeRenderer.StackOf(input.Resources) ?? rooms.FirstOrDefault() ?? "default";
        ComposeRendering rendering = ComposeRenderer.Render(input.Resources, stack);
        return new Rendered(
            rendering.Refusals.Count > 0 ? [] : [rendering.File],
            [.. rendering.Unsaid.Select(static note => new RenderNote(note.Resource, note.Path, note.Reason))],
            [.. rendering.Refusals.Select(static note => new RenderNote(note.Resource, note.Path, note.Reason))]);
    }
}
