using System.Text.Json.Nodes;
using Federation.Adapters.Kubernetes.Client;
using Federation.Adapters.Kubernetes.Client.Resources;
using Federation.Adapters.Kubernetes.Forms;
using Federation.Adapters.Kubernetes.Naming;
using Federation.Domain.Assignments;

namespace Federation.Adapters.Kubernetes.Reconciling;

/// <content>What stands beside the pods: their namespace, what they read, and the Services and other objects of their manifests.</content>
public sealed partial class KubernetesReconciler
{
    private static readonly TimeSpan PoliciesAgain = TimeSpan.FromSeconds(60);

    private readonly HashSet<string> _spaces = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _beside = new(StringComparer.Ordinal);
    private long? _policiesAt;

    private async Task<bool> GiveMaterialAsync(KubernetesNames names, Assignment order, string space, MaterialForm material, OwnerOfObject? owner, CancellationToken cancellationToken)
    {
        foreach ((ApiResource resource, string name, JsonObject? content, string? refusal) in material.Objects(_opener))
        {
            if (content is null)
            {
                Refuse(order.Id, refusal!);
                return false;
            }
            JsonObject body = MaterialForm.Object(names, resource, space, name, content);
            if (owner is not null) body["metadata"]!["ownerReferences"] = Owners([owner]);
            await _client.ApplyAsync(resource, space, body, force: true, dryRun: false, cancellationToken);
        }
        return true;
    }

    // By what an object goes with those that it is for.
    private static JsonArray Owners(IEnumerable<OwnerOfObject> owners) =>
        new([.. owners.Select(static one => new JsonObject { ["apiVersion"] = one.Kind is "Job" or "CronJob" ? "batch/v1" : "apps/v1", ["kind"] = one.Kind, ["name"] = one.Name, ["uid"] = one.Uid })]);

    private static OwnerOfObject[] OwnersOf(Share share) =>
    [
        .. share.Deployments.Where(static one => one.Deployment.Metadata.DeletionTimestamp is null).Select(static one => new OwnerOfObject("Deployment", one.Deployment.Metadata.Name, one.Deployment.Metadata.Uid!)).OrderBy(static one => one.Uid, StringComparer.Ordinal),
        .. share.Set is { Set: { Metadata.DeletionTimestamp: null } set } ? (OwnerOfObject[])[new OwnerOfObject("StatefulSet", set.Metadata.Name, set.Metadata.Uid!)] : [],
        .. share.Cron is { Cron: { Metadata.DeletionTimestamp: null } cron } ? (OwnerOfObject[])[new OwnerOfObject("CronJob", cron.Metadata.Name, cron.Metadata.Uid!)] : [],
        .. share.Jobs.Where(static one => one.Job.Metadata.DeletionTimestamp is null).Select(static one => new OwnerOfObject("Job", one.Job.Metadata.Name, one.Job.Metadata.Uid!)).OrderBy(static one => one.Uid, StringComparer.Ordinal),
    ];

    private async Task EnsureNamespaceAsync(KubernetesNames names, string space, Assignment? order, CancellationToken cancellationToken)
    {
        lock (_gate)
            if (_spaces.Contains(space)) return;
        if (await _client.FindAsync(ApiResource.Namespaces, null, space, cancellationToken) is null)
            await _client.ApplyAsync(ApiResource.Namespaces, null, NamespaceForm.Make(names, space, order), force: false, dryRun: false, cancellationToken);
        lock (_gate) _spaces.Add(space);
    }

    // Workloads of a namespace find each other by name, and what manifests have declared beside them is there as long as they are. What several declare belongs to all of them.
    private async Task PublishAsync(KubernetesNames names, List<Share> shares, CancellationToken cancellationToken)
    {
        ForgetPolicies();
        var services = new SortedDictionary<(string Space, string Name), (JsonObject Body, List<OwnerOfObject> Owners)>();
        foreach (Share share in shares)
        {
            if (share.Order is not { State: AssignmentState.Active } order || OwnersOf(share) is not { Length: > 0 } owners || BesideForm.Violation(order.Template) is not null) continue;
            string space = names.Namespace(order.Workload.Tenant, order.Workload.Namespace);
            foreach (JsonObject policy in BesideForm.Policies(names, order)) await PutBesideAsync(ApiResource.NetworkPolicies, space, policy, owners, cancellationToken);
            foreach (JsonObject service in BesideForm.Services(names, order))
            {
                (string, string) key = (space, (string)service["metadata"]!["name"]!);
                if (!services.TryGetValue(key, out (JsonObject Body, List<OwnerOfObject> Owners) known) || BesideForm.RankOf(service) < BesideForm.RankOf(known.Body)) services[key] = known = (service, []);
                if (BesideForm.RankOf(service) == BesideForm.RankOf(known.Body)) known.Owners.AddRange(owners);
            }
        }
        foreach (KeyValuePair<(string Space, string Name), (JsonObject Body, List<OwnerOfObject> Owners)>[] some in services.Chunk(MostWritesAtOnce))
            await Task.WhenAll(some.Select(service => PutServiceAsync(names, service.Key.Space, service.Key.Name, service.Value.Body, service.Value.Owners, cancellationToken)));
    }

    // The cluster does not tell of them, and who takes one away opens what is to be closed: they are put once more from time to time.
    private void ForgetPolicies()
    {
        if (_policiesAt is { } last && _time.GetElapsedTime(last) < PoliciesAgain) return;
        _policiesAt = _time.GetTimestamp();
        lock (_gate)
            foreach (string policy in _beside.Keys.Where(static key => key.StartsWith(ApiResource.NetworkPolicies.Kind + " ", StringComparison.Ordinal)).ToArray()) _beside.Remove(policy);
    }

    private async Task PutServiceAsync(KubernetesNames names, string space, string name, JsonObject body, List<OwnerOfObject> owners, CancellationToken cancellationToken)
    {
        if (IsBeside(space, body, owners)) return;
        JsonObject? there = await _client.FindAsync(ApiResource.Services, space, name, cancellationToken);
        // A Service of that name that is somebody else's stays as it is.
        if (there is not null && (string?)(there["metadata"] as JsonObject)?["labels"]?[KubernetesLabels.Owner] != names.Owner())
        {
            lock (_gate) _beside[BesideKey(space, body)] = BesideText(body, owners);
            return;
        }
        // Whether it has an address of its own is decided when it is made.
        if (there is not null && (string?)there["spec"]?["clusterIP"] == "None" != ((string?)body["spec"]!["clusterIP"] == "None"))
            await _client.DeleteAsync(ApiResource.Services, space, name, new DeleteRequest(Propagation.Background) { Uid = (string?)there["metadata"]!["uid"] }, cancellationToken);
        await PutBesideAsync(ApiResource.Services, space, body, owners, cancellationToken);
    }

    private bool IsBeside(string space, JsonObject body, IEnumerable<OwnerOfObject> owners)
    {
        lock (_gate) return _beside.GetValueOrDefault(BesideKey(space, body)) == BesideText(body, owners);
    }

    // Applied where it is another than what was applied last.
    private async Task PutBesideAsync(ApiResource resource, string space, JsonObject body, IReadOnlyCollection<OwnerOfObject> owners, CancellationToken cancellationToken)
    {
        if (IsBeside(space, body, owners)) return;
        string text = BesideText(body, owners);
        if (owners.Count > 0) ((JsonObject)body["metadata"]!)["ownerReferences"] = Owners(owners);
        await _client.ApplyAsync(resource, space, body, force: true, dryRun: false, cancellationToken);
        lock (_gate) _beside[BesideKey(space, body)] = text;
    }

    private static string BesideKey(string space, JsonObject body) => $"{body["kind"]} {space}/{body["metadata"]!["name"]}";

    private static string BesideText(JsonObject body, IEnumerable<OwnerOfObject> owners) => $"{body.ToJsonString()} {string.Join(' ', owners)}";
}
