using System.Text.Json.Nodes;
using Federation.Adapters.Kubernetes.Client;
using Federation.Adapters.Kubernetes.Client.Errors;
using Federation.Adapters.Kubernetes.Client.Resources;
using Federation.Adapters.Kubernetes.Forms;
using Federation.Adapters.Kubernetes.Naming;
using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;

namespace Federation.Adapters.Kubernetes.Reconciling;

/// <content>What stands beside the pods: their namespace, what they read, and the Services and other objects of their manifests.</content>
public sealed partial class KubernetesReconciler
{
    private static readonly ApiResource[] BesideResources = [ApiResource.Services, ApiResource.NetworkPolicies];

    private readonly HashSet<string> _spaces = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Text, string? Version)> _beside = new(StringComparer.Ordinal);
    private Dictionary<AssignmentId, string> _unpublished = [];
    private long? _besideAt;
    private volatile bool _ownsNone;

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
            bool owned = owner is not null && !_ownsNone;
            if (owned) body["metadata"]!["ownerReferences"] = Owners([owner!]);
            try
            {
                await _client.ApplyAsync(resource, space, body, force: true, dryRun: false, cancellationToken);
            }
            catch (KubernetesException e) when (owned && e.Kind == FailureKind.Refused && e.Message.Contains("cannot set an ownerRef", StringComparison.Ordinal))
            {
                // OpenShift asks for the right to delete what is given an owner (the admission plugin OwnerReferencesPermissionEnforcement): it stays when its owner goes.
                _ownsNone = true;
                LogHeld(_logger, e.Message);
                ((JsonObject)body["metadata"]!).Remove("ownerReferences");
                await _client.ApplyAsync(resource, space, body, force: true, dryRun: false, cancellationToken);
            }
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
        IReadOnlyList<(ApiResource Resource, ObjectMeta Metadata)> there = await LookBesideAsync(names, cancellationToken);
        var wanted = new SortedDictionary<string, Beside>(StringComparer.Ordinal);
        foreach (Share share in shares)
        {
            if (share.Order is not { State: AssignmentState.Active } order || OwnersOf(share) is not { Length: > 0 } owners || BesideForm.Violation(order.Template) is not null) continue;
            string space = names.Namespace(order.Workload.Tenant, order.Workload.Namespace);
            foreach (JsonObject policy in BesideForm.Policies(names, order)) wanted[BesideKey(space, policy)] = new Beside(ApiResource.NetworkPolicies, space, policy, [.. owners], [order.Id]);
            foreach (JsonObject service in BesideForm.Services(names, order))
            {
                string key = BesideKey(space, service);
                int rank = BesideForm.RankOf(service);
                if (!wanted.TryGetValue(key, out Beside? known) || rank < BesideForm.RankOf(known.Body)) wanted[key] = known = new Beside(ApiResource.Services, space, service, [], []);
                if (rank != BesideForm.RankOf(known.Body)) continue;
                known.Owners.AddRange(owners);
                known.For.Add(order.Id);
            }
        }
        foreach (KeyValuePair<string, Beside>[] some in wanted.Chunk(MostWritesAtOnce))
            await Task.WhenAll(some.Select(one => TryPutAsync(names, one.Key, one.Value, cancellationToken)));
        TellUnpublished(wanted);
        await EndBesideAsync(names, shares, [.. there.Where(one => !wanted.ContainsKey(BesideKey(one.Resource.Kind, one.Metadata)))], cancellationToken);
    }

    // What the cluster refuses of it stands in nobody else's way.
    private async Task TryPutAsync(KubernetesNames names, string key, Beside beside, CancellationToken cancellationToken)
    {
        string text = BesideText(beside.Body, beside.Owners);
        if (IsBeside(key, text) || _pauses.Waits(key, text)) return;
        try
        {
            if (beside.Resource == ApiResource.Services) await PutServiceAsync(names, beside, cancellationToken);
            else await PutBesideAsync(beside.Resource, beside.Space, beside.Body, beside.Owners, cancellationToken);
            _pauses.Forget(key);
        }
        catch (KubernetesException e) when (e.IsOfTheObject)
        {
            _pauses.Refused(key, text, e.Message);
            LogHeld(_logger, e.Message);
        }
        catch (KubernetesException e) when (e.IsOvertaken)
        {
            lock (_gate) _spaces.Clear();
        }
    }

    private void TellUnpublished(SortedDictionary<string, Beside> wanted)
    {
        var told = new Dictionary<AssignmentId, string>();
        foreach ((string key, Beside beside) in wanted)
        {
            if (_pauses.ReasonOf(key) is not { } why) continue;
            foreach (AssignmentId assignment in beside.For) told.TryAdd(assignment, $"the cluster refuses its {beside.Resource.Kind} {beside.Body["metadata"]!["name"]}: {why}");
        }
        lock (_gate) _unpublished = told;
    }

    // The cluster does not tell of them: what others have changed or taken away is looked for from time to time, and put once more.
    private async Task<IReadOnlyList<(ApiResource Resource, ObjectMeta Metadata)>> LookBesideAsync(KubernetesNames names, CancellationToken cancellationToken)
    {
        if (_besideAt is { } last && _time.GetElapsedTime(last) < _options.BesideTick) return [];
        _besideAt = _time.GetTimestamp();
        var there = new List<(ApiResource Resource, ObjectMeta Metadata)>();
        foreach (ApiResource resource in BesideResources)
        {
            var versions = new Dictionary<string, string?>(StringComparer.Ordinal);
            try
            {
                foreach (Bare one in (await _client.ListAsync(ResourceTypes.Metadata(resource), null, KubernetesLabels.Owner, cancellationToken)).Items)
                {
                    if (one.Metadata.Labels?.GetValueOrDefault(KubernetesLabels.Owner) != names.Owner()) continue;
                    there.Add((resource, one.Metadata));
                    versions[BesideKey(resource.Kind, one.Metadata)] = one.Metadata.ResourceVersion;
                }
            }
            catch (KubernetesException e) when (e.IsOfTheObject)
            {
                // The rights of an older manifest: all are put once more.
                if (_held != e.Message) LogHeld(_logger, _held = e.Message);
            }
            lock (_gate)
                foreach ((string key, (_, string? version)) in _beside.Where(one => one.Key.StartsWith(resource.Kind + " ", StringComparison.Ordinal)).ToArray())
                    if (version is null || versions.GetValueOrDefault(key) != version) _beside.Remove(key);
        }
        return there;
    }

    // What a Deployment's or a Job's revision has declared goes with it. StatefulSets and CronJobs are of one revision after the other: what the present one declares no more would stay as long as they do.
    private async Task EndBesideAsync(KubernetesNames names, List<Share> shares, IReadOnlyList<(ApiResource Resource, ObjectMeta Metadata)> unwanted, CancellationToken cancellationToken)
    {
        if (unwanted.Count == 0) return;
        HashSet<string> lasting = new(StringComparer.Ordinal);
        foreach (Share share in shares)
        {
            if (share.Order is not { State: AssignmentState.Active } order || BesideForm.Violation(order.Template) is not null) continue;
            if (share.Set is { } set && set.Owner.Revision == order.Revision) lasting.Add(set.Set.Metadata.Uid!);
            if (share.Cron is { } cron && cron.Owner.Revision == order.Revision) lasting.Add(cron.Cron.Metadata.Uid!);
        }
        foreach ((ApiResource resource, ObjectMeta metadata) in unwanted)
        {
            if (metadata.OwnerReferences is not { Count: > 0 } owners || !owners.All(owner => lasting.Contains(owner.Uid))) continue;
            try
            {
                await _client.DeleteAsync(resource, metadata.Namespace, metadata.Name, new DeleteRequest(Propagation.Background) { Uid = metadata.Uid }, cancellationToken);
                lock (_gate) _beside.Remove(BesideKey(resource.Kind, metadata));
                LogBesideRemoved(_logger, BesideKey(resource.Kind, metadata));
            }
            catch (KubernetesException e) when (e.IsOfTheObject || e.IsOvertaken)
            {
                // It is looked at again.
                if (_held != e.Message) LogHeld(_logger, _held = e.Message);
            }
        }
    }

    private async Task PutServiceAsync(KubernetesNames names, Beside beside, CancellationToken cancellationToken)
    {
        (_, string space, JsonObject body, List<OwnerOfObject> owners, _) = beside;
        string name = (string)body["metadata"]!["name"]!;
        JsonObject? there = await _client.FindAsync(ApiResource.Services, space, name, cancellationToken);
        // A Service of that name that is somebody else's stays as it is.
        if (there is not null && (string?)(there["metadata"] as JsonObject)?["labels"]?[KubernetesLabels.Owner] != names.Owner())
        {
            lock (_gate) _beside[BesideKey(space, body)] = (BesideText(body, owners), null);
            return;
        }
        // Whether it has an address of its own is decided when it is made.
        if (there is not null && (string?)there["spec"]?["clusterIP"] == "None" != ((string?)body["spec"]!["clusterIP"] == "None"))
            await _client.DeleteAsync(ApiResource.Services, space, name, new DeleteRequest(Propagation.Background) { Uid = (string?)there["metadata"]!["uid"] }, cancellationToken);
        await PutBesideAsync(ApiResource.Services, space, body, owners, cancellationToken);
    }

    // Applied where it is another than what was applied last.
    private async Task PutBesideAsync(ApiResource resource, string space, JsonObject body, IReadOnlyCollection<OwnerOfObject> owners, CancellationToken cancellationToken)
    {
        string key = BesideKey(space, body), text = BesideText(body, owners);
        if (IsBeside(key, text)) return;
        if (owners.Count > 0) ((JsonObject)body["metadata"]!)["ownerReferences"] = Owners(owners);
        Applied applied = await _client.ApplyAsync(resource, space, body, force: true, dryRun: false, cancellationToken);
        lock (_gate) _beside[key] = (text, applied.ResourceVersion);
    }

    private bool IsBeside(string key, string text)
    {
        lock (_gate) return _beside.TryGetValue(key, out (string Text, string? Version) last) && last.Text == text;
    }

    private static string BesideKey(string space, JsonObject body) => $"{body["kind"]} {space}/{body["metadata"]!["name"]}";

    private static string BesideKey(string kind, ObjectMeta metadata) => $"{kind} {metadata.Namespace}/{metadata.Name}";

    private static string BesideText(JsonObject body, IEnumerable<OwnerOfObject> owners) => $"{body.ToJsonString()} {string.Join(' ', owners)}";

    // A Service or policy, what it goes with, and the orders that want it.
    private sealed record Beside(ApiResource Resource, string Space, JsonObject Body, List<OwnerOfObject> Owners, List<AssignmentId> For);
}
