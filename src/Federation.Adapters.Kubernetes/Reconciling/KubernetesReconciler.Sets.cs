using System.Globalization;
using System.Text.Json.Nodes;
using Federation.Adapters.Kubernetes.Client;
using Federation.Adapters.Kubernetes.Client.Resources;
using Federation.Adapters.Kubernetes.Forms;
using Federation.Adapters.Kubernetes.Naming;
using Federation.Adapters.Planning;
using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;

namespace Federation.Adapters.Kubernetes.Reconciling;

/// <content>StatefulSets, and the claims of volumes.</content>
public sealed partial class KubernetesReconciler
{
    private readonly Dictionary<(string Namespace, string Name), ReplicatedObject> _sets = [];
    private readonly HashSet<string> _recorded = new(StringComparer.Ordinal);

    // Among all that is written its name is one of a namespace.
    private static string KeyOf(ReplicatedObject set) => $"{set.Metadata.Namespace}/{set.Metadata.Name}";

    private SetTurn TurnOf(ReplicatedObject set, TemplateRevision revision) => new(set.Spec.Replicas ?? 1, revision,
    [
        .. _ofDeployment[(set.Metadata.Namespace, set.Metadata.Name)].Where(static replica => !replica.IsEnding).Select(static replica => new SetPod(
            replica.Id, OrdinalOf(replica.Pod.Metadata.Name), replica.Owner.Revision, Alive: replica.State.State is not (ReplicaState.BackOff or ReplicaState.Ended), replica.State.State == ReplicaState.Ready,
            replica.Drain, replica.Form.DrainSeconds)),
    ]);

    private static int OrdinalOf(string pod) => int.TryParse(pod.AsSpan(pod.LastIndexOf('-') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int ordinal) ? ordinal : int.MaxValue;

    // Of a set everyone counts who may run still, on a lost node too: its successor has the same name and the same volume.
    private IReadOnlyList<(ReplicaId, TemplateRevision)> AllLeavingOf(AssignmentId assignment) =>
        [.. _ofAssignment[assignment].Where(IsLeaving).Select(static replica => (replica.Id, replica.Owner.Revision))];

    // True while something is under way.
    private bool PlanSet(Share share, Assignment? order, out SetStep? step)
    {
        step = null;
        if (share.Set is not { Set: { Metadata.DeletionTimestamp: null } set, Owner: { } owner }) return share.Set is not null;
        step = SetPlan.Compute(order, TurnOf(set, owner.Revision), AllLeavingOf(share.Id));
        foreach (ReplicaId id in step.Drains) BeginDrain(id);
        foreach (ReplicaId id in step.Surrendered) _replicas[id].Drain = DrainStage.Surrendered;
        return step.Renews || step.Count is not null || step.Replaced.Count > 0;
    }

    // How many a set that is not there yet begins with.
    private int StartsOf(Assignment order) =>
        AssignmentPlan.Compute(order, [.. AllLeavingOf(order.Id).Select(static one => new PlannedReplica(one.Item1, one.Item2, Alive: true, Ready: false, Retiring: true))]).Starts;

    private async Task BringSetAsync(string plane, KubernetesNames names, Share share, SetStep step, CancellationToken cancellationToken)
    {
        (ReplicatedObject set, PodOwner owner) = share.Set!.Value;
        string space = set.Metadata.Namespace!, name = set.Metadata.Name, key = KeyOf(set);
        if (step.Count == 0)
        {
            await _client.DeleteAsync(ApiResource.StatefulSets, space, name, new DeleteRequest(Propagation.Background) { Uid = set.Metadata.Uid }, cancellationToken);
            lock (_gate) _written.Remove(key);
            LogRemoved(_logger, key, owner.Assignment);
            return;
        }
        if (step.Renews)
        {
            await MakeSetAsync(plane, names, share, set.Spec.Replicas ?? 1, set, cancellationToken);
            return;
        }
        foreach (ReplicaId id in step.Replaced)
        {
            string pod;
            lock (_gate)
            {
                if (!_replicas.TryGetValue(id, out KubernetesReplica? replica)) continue;
                pod = replica.Pod.Metadata.Name;
            }
            await _client.DeleteAsync(ApiResource.Pods, space, pod, new DeleteRequest(Propagation.Background) { Uid = id.Value }, cancellationToken);
        }
        if (step.Count is { } number)
        {
            var patch = new JsonObject { ["metadata"] = new JsonObject { ["resourceVersion"] = set.Metadata.ResourceVersion }, ["spec"] = new JsonObject { ["replicas"] = number } };
            Note(key, await _client.MergeAsync(ApiResource.StatefulSets, space, name, patch, cancellationToken));
            LogScaled(_logger, key, owner.Assignment, number);
            Accepted(owner.Assignment);
            return;
        }
        if (share.Order is not { State: AssignmentState.Active } order || owner.Revision != order.Revision || !StatefulSetForm.IsFor(order.Template)) return;
        bool unsure;
        lock (_gate) unsure = !_written.TryGetValue(key, out Written? written) || written.Generation != set.Metadata.Generation || written.Form != FormTextOf(share) || MayLackMaterial(share, written);
        if (unsure && !IsContested(key)) await MakeSetAsync(plane, names, share, set.Spec.Replicas ?? 1, set, cancellationToken);
        else if (!share.Waits) Accepted(owner.Assignment);
    }

    private Task MakeSetAsync(string plane, KubernetesNames names, Share share, int replicas, ReplicatedObject? live, CancellationToken cancellationToken)
    {
        WorkloadKey workload = share.Desired!.Assignment.Workload;
        return MakeNamedAsync(
            names, share, ApiResource.StatefulSets, $"{names.Namespace(workload.Tenant, workload.Namespace)}/{workload.Name}", replicas, live is null ? null : share.Set,
            material => (StatefulSetForm.TryMake(plane, names, share.Desired.Assignment, material, replicas, out string? refusal), refusal), cancellationToken);
    }

    // Makes what has the workload's own name, gives it the order's template, or puts right what is ours of it.
    private async Task MakeNamedAsync(
        KubernetesNames names, Share share, ApiResource resource, string key, int replicas, (ReplicatedObject Object, PodOwner Owner)? live, Func<MaterialForm, (JsonObject? Form, string? Refusal)> make,
        CancellationToken cancellationToken)
    {
        if (share.Waits) return;
        DesiredAssignment desired = share.Desired!;
        Assignment order = desired.Assignment;
        string name = order.Workload.Name, space = names.Namespace(order.Workload.Tenant, order.Workload.Namespace);
        if (MaterialForm.TryMake(names, name, desired, _opener, out string? refusal) is not { } material)
        {
            Refuse(order.Id, refusal!);
            return;
        }
        (JsonObject? form, refusal) = make(material);
        if (form is null)
        {
            Refuse(order.Id, refusal!);
            return;
        }
        if (live is { } seen) ((JsonObject)form["metadata"]!)["resourceVersion"] = seen.Object.Metadata.ResourceVersion;
        else if (await _client.FindAsync(resource, space, name, cancellationToken) is { } there)
        {
            // One of ours of another order ends first.
            if ((string?)there["metadata"]?["labels"]?[KubernetesLabels.Owner] != names.Owner()) Refuse(order.Id, $"the {resource.Kind} {name} in the namespace {space} is somebody else's");
            return;
        }
        await EnsureNamespaceAsync(names, space, order, cancellationToken);
        if (!await EnsureClaimsAsync(names, order, cancellationToken)) return;
        foreach (JsonObject policy in BesideForm.Policies(names, order)) await PutBesideAsync(ApiResource.NetworkPolicies, space, policy, OwnersOf(share), cancellationToken);
        if (!await GiveMaterialAsync(names, order, space, material, live is { } old ? Owner(old.Object.Metadata.Uid!) : null, cancellationToken)) return;
        Applied applied = await _client.ApplyAsync(resource, space, form, force: true, dryRun: false, cancellationToken);
        if (applied.Created) LogMade(_logger, key, order.Id, replicas);
        else if (live is { } before && applied.ResourceVersion != before.Object.Metadata.ResourceVersion && before.Owner.Revision == order.Revision) NoteRepair(key);
        Note(key, applied, FormTextOf(share));
        if (live is null && !material.IsEmpty) await GiveMaterialAsync(names, order, space, material, Owner(applied.Uid!), cancellationToken);
        Accepted(order.Id);

        OwnerOfObject Owner(string uid) => new(resource.Kind, name, uid);
    }

    // A volume has its claim before anything runs with it, and that it had one is kept: a claim that is gone took its data along, and an empty one in its place would hide that.
    private async Task<bool> EnsureClaimsAsync(KubernetesNames names, Assignment order, CancellationToken cancellationToken)
    {
        string space = names.Namespace(order.Workload.Tenant, order.Workload.Namespace), book = names.VolumeBook(order.Workload.Tenant, order.Workload.Namespace);
        foreach (VolumeReference volume in (order.Template.Volumes ?? []).DistinctBy(static volume => volume.Name))
        {
            JsonObject? there = await _client.FindAsync(ApiResource.PersistentVolumeClaims, space, volume.Name, cancellationToken);
            bool recorded;
            lock (_gate) recorded = _recorded.Contains($"{space}/{volume.Name}");
            JsonObject? kept = there is null || !recorded ? await _client.FindAsync(ApiResource.ConfigMaps, space, book, cancellationToken) : null;
            recorded |= kept?["data"]?[volume.Name] is not null;
            if (there is null && recorded)
            {
                Refuse(order.Id, $"its volume {volume.Name} was here and is gone: bring its PersistentVolumeClaim {volume.Name} back in the namespace {space}, or begin with an empty one by removing the key {volume.Name} from the ConfigMap {book}");
                lock (_gate) _recorded.Remove($"{space}/{volume.Name}");
                return false;
            }
            // A claim that a person has made is used as it is, and settings of the cluster are for new ones.
            if (there is null || ((string?)there["metadata"]?["labels"]?[KubernetesLabels.Owner] == names.Owner() && CarriedFields.Of(order.Template).Any(field => field.Path == ClaimForm.Part + volume.Name)))
                await _client.ApplyAsync(ApiResource.PersistentVolumeClaims, space, ClaimForm.Make(names, order, volume, _options), force: true, dryRun: false, cancellationToken);
            if (!recorded)
            {
                if (kept is null)
                {
                    var metadata = new JsonObject { ["name"] = book, ["namespace"] = space, ["labels"] = new JsonObject { [KubernetesLabels.Owner] = names.Owner() } };
                    await _client.ApplyAsync(ApiResource.ConfigMaps, space, new JsonObject { ["apiVersion"] = "v1", ["kind"] = "ConfigMap", ["metadata"] = metadata }, force: true, dryRun: false, cancellationToken);
                }
                await _client.MergeAsync(ApiResource.ConfigMaps, space, book, new JsonObject { ["data"] = new JsonObject { [volume.Name] = "claimed" } }, cancellationToken);
            }
            lock (_gate) _recorded.Add($"{space}/{volume.Name}");
        }
        return true;
    }
}

/// <summary>What an object goes with.</summary>
internal sealed record OwnerOfObject(string Kind, string Name, string Uid);
