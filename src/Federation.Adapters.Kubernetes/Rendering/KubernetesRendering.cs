using System.Text.Json.Nodes;
using Federation.Adapters.Kubernetes.Client.Resources;
using Federation.Adapters.Kubernetes.Forms;
using Federation.Adapters.Kubernetes.Naming;
using Federation.Adapters.Kubernetes.Reconciling;
using Federation.Adapters.Rendering;
using Federation.Domain.Assignments;
using Federation.Domain.Workloads;

namespace Federation.Adapters.Kubernetes.Rendering;

/// <summary>
/// What the reconciler would apply to a cluster for an order, object by object, by the same forms. Left out is what a server alone can give (owner references hold uids),
/// and the agent's own books: the term, and which volumes had claims. Pure.
/// </summary>
public static class KubernetesRendering
{
    private const string Apply = "apply";

    /// <summary>Renders one order.</summary>
    /// <param name="options">Whose the cluster is, and what it makes of volumes.</param>
    /// <param name="spec">The workload.</param>
    /// <param name="desired">The order, with its material.</param>
    /// <param name="opener">Opens the material; of secrets only the keys are looked at.</param>
    public static OrderRendering Of(KubernetesOptions options, WorkloadSpec spec, DesiredAssignment desired, IMaterialOpener opener)
    {
        string plane = options.Plane() ?? throw new ArgumentException("nothing is rendered for no plane", nameof(options));
        Assignment order = desired.Assignment;
        FieldNote[] missing = [.. MissingCapabilities.Of(spec, KubernetesReconciler.Declared, "Kubernetes")];
        if (missing.Length > 0) return OrderRendering.Refused(missing);
        var names = new KubernetesNames(plane, order.Cluster);
        ApiResource kind = WorkloadKind.Of(order.Template);
        if (kind == ApiResource.Jobs) return OfJobs(plane, names, spec, desired, opener);
        bool asCron = kind == ApiResource.CronJobs, asSet = kind == ApiResource.StatefulSets;
        string space = names.Namespace(order.Workload.Tenant, order.Workload.Namespace), name = asSet || asCron ? order.Workload.Name : names.Deployment(order.Id, order.Revision, order.Workload);
        if (MaterialForm.TryMake(names, name, desired, opener, out string? refusal) is not { } material
            || (asCron ? CronJobForm.TryMake(plane, names, order, material, out refusal) : asSet ? StatefulSetForm.TryMake(plane, names, order, material, order.Replicas, out refusal) : DeploymentForm.TryMake(plane, names, order, material, order.Replicas, out refusal)) is not { } body)
            return OrderRendering.Refused([new FieldNote("spec.template", refusal!)]);
        List<JsonObject> objects = [NamespaceForm.Make(names, space, order)];
        if (asSet || asCron) objects.AddRange((order.Template.Volumes ?? []).DistinctBy(static volume => volume.Name).Select(volume => ClaimForm.Make(names, order, volume, options)));
        objects.AddRange(BesideForm.Policies(names, order));
        if (BudgetForm.IsFor(order)) objects.Add(BudgetForm.Make(plane, names, order, ApiResource.PodDisruptionBudgets, order.LeastReady!.Value));
        if (Add(objects, names, space, material, opener) is { } rule) return OrderRendering.Refused([new FieldNote("spec.template", rule)]);
        objects.Add(body);
        objects.AddRange(BesideForm.Services(names, order));
        return new OrderRendering([.. objects.Select(static one => new RenderedRequest(Apply, one))], [.. UnsaidFields.Of(spec)], []);
    }

    // One for each replica, with files of its own; those that run at once.
    private static OrderRendering OfJobs(string plane, KubernetesNames names, WorkloadSpec spec, DesiredAssignment desired, IMaterialOpener opener)
    {
        Assignment order = desired.Assignment;
        string space = names.Namespace(order.Workload.Tenant, order.Workload.Namespace);
        List<JsonObject> objects = [NamespaceForm.Make(names, space, order), .. BesideForm.Policies(names, order)];
        if (JobForm.Violation(order.Template) is { } violation) return OrderRendering.Refused([new FieldNote("spec.template", violation)]);
        int count = Math.Min(order.Replicas, JobForm.AtOnce(order.Template) ?? order.Replicas);
        for (int ordinal = 0; ordinal < count; ordinal++)
        {
            if (MaterialForm.TryMake(names, names.Job(order.Id, order.Revision, order.Workload, ordinal), desired, opener, out string? refusal) is not { } material
                || JobForm.TryMake(plane, names, order, material, ordinal, out refusal) is not { } body) return OrderRendering.Refused([new FieldNote("spec.template", refusal!)]);
            if (Add(objects, names, space, material, opener) is { } rule) return OrderRendering.Refused([new FieldNote("spec.template", rule)]);
            objects.Add(body);
        }
        objects.AddRange(BesideForm.Services(names, order));
        return new OrderRendering([.. objects.Select(static one => new RenderedRequest(Apply, one))], [.. UnsaidFields.Of(spec)], []);
    }

    // The rule that refuses what is to be handed over, or null.
    private static string? Add(List<JsonObject> objects, KubernetesNames names, string space, MaterialForm material, IMaterialOpener opener)
    {
        foreach ((ApiResource resource, string named, JsonObject? content, string? rule) in material.Objects(opener))
        {
            if (content is null) return rule;
            JsonObject one = MaterialForm.Object(names, resource, space, named, content);
            if (resource == ApiResource.Secrets) Hide((JsonObject)one["data"]!);
            objects.Add(one);
        }
        return null;
    }

    /// <summary>The objects of several orders, each once: what several need is there once, and a Service that a manifest has declared goes before what a workload of its name has by itself.</summary>
    public static IReadOnlyList<JsonObject> Together(IEnumerable<OrderRendering> orders)
    {
        var objects = new List<JsonObject>();
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (JsonObject one in orders.SelectMany(static order => order.Requests).Select(static request => request.Body))
        {
            string key = $"{one["apiVersion"]} {one["kind"]} {one["metadata"]!["namespace"]}/{one["metadata"]!["name"]}";
            if (places.TryAdd(key, objects.Count)) objects.Add(one);
            else if ((string?)one["kind"] == ApiResource.Services.Kind && BesideForm.RankOf(one) < BesideForm.RankOf(objects[places[key]])) objects[places[key]] = one;
        }
        return objects;
    }

    private static void Hide(JsonObject data)
    {
        foreach (string key in data.Select(static member => member.Key).ToArray()) data[key] = OrderRendering.Mask;
    }
}
