using System.Text.Json.Nodes;
using Federation.Adapters.Kubernetes.Client;
using Federation.Adapters.Kubernetes.Client.Errors;
using Federation.Adapters.Kubernetes.Client.Resources;
using Federation.Adapters.Kubernetes.Forms;
using Federation.Adapters.Kubernetes.Naming;
using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;

namespace Federation.Adapters.Kubernetes.Reconciling;

/// <content>Deployments, and the pods that they are to let go.</content>
public sealed partial class KubernetesReconciler
{
    private static readonly TimeSpan UnownedWithin = TimeSpan.FromMinutes(1);

    private async Task<bool> CarryOutAsync(string plane, KubernetesNames names, Share share, CancellationToken cancellationToken)
    {
        DeploymentStep step;
        SetStep? setStep;
        JobStep jobStep;
        bool seen, makesSet;
        int begins = 0;
        CronStep cronStep;
        // A workload that becomes of another kind ends as what it was before it begins anew: that is a gap, and waits until the order allows one.
        ApiResource? kind = share.Kind;
        Assignment? ending = share.Order is { State: AssignmentState.Active } active ? active.Surge + active.MayBeUnavailable > 0 ? active with { State = AssignmentState.Withdrawn, Replicas = 0 } : null : share.Order;
        bool keepsOther = share.Order is not null && ending is null;
        lock (_gate)
        {
            // What was written is seen first: a number that is old already would be changed twice.
            if (share.Deployments.Exists(one => IsBehind(one.Deployment.Metadata.Name, one.Deployment)) || (share.Set is { } set && IsBehind(KeyOf(set.Set), set.Set))
                || (share.Cron is { } cron && IsBehind(CronKey(cron.Cron.Metadata.Namespace!, cron.Cron.Metadata.Name), cron.Cron)) || (kind == ApiResource.Jobs ? IsAwaited(share) : IsAwaited(names, share))) return false;
            step = Waits(ApiResource.Deployments) || (kind == ApiResource.Deployments && share.HasOther)
                ? DeploymentStep.None
                : DeploymentPlan.Compute(ToldTo(ApiResource.Deployments), [.. share.Deployments.Where(static one => one.Deployment.Metadata.DeletionTimestamp is null).Select(one => TurnOf(one.Deployment, one.Owner))], LeavingOf(share.Id));
            setStep = null;
            bool setMoves = !Waits(ApiResource.StatefulSets) && PlanSet(share, ToldTo(ApiResource.StatefulSets), out setStep);
            jobStep = Waits(ApiResource.Jobs) ? JobStep.None : PlanJobs(share, ToldTo(ApiResource.Jobs), mayMake: kind == ApiResource.Jobs && !share.HasOther);
            makesSet = kind == ApiResource.StatefulSets && share.Set is null && !share.HasOther && share.Order is { State: AssignmentState.Active } && (begins = StartsOf(share.Order)) > 0;
            cronStep = PlanCron(share, Waits(ApiResource.CronJobs));
            foreach (ReplicaId id in step.Drains) BeginDrain(id);
            foreach (ReplicaId id in step.Surrendered) _replicas[id].Drain = DrainStage.Surrendered;
            seen = _ofAssignment.Contains(share.Id);
            if (step.Counts.Count > 0 || step.Starts > 0 || setMoves || makesSet || cronStep != CronStep.None || jobStep.Starts.Count + jobStep.Ends.Count > 0) _moving.Add(share.Id);
            else _moving.Remove(share.Id);
        }
        bool ends = share.Order is null or { State: AssignmentState.Withdrawn };
        share.Waits = _pauses.Waits(share.Id.Value, FormTextOf(share));
        try
        {
            await KeepBudgetAsync(plane, names, share, cancellationToken);
            if ((kind == ApiResource.Jobs && Denied(JobsFeed)) || (kind == ApiResource.CronJobs && Denied(CronsFeed))) Refuse(share.Id, $"the agent has no right to make {kind.Kind}s: give it those of its newer manifest (agent-rights.yaml)");
            foreach ((ReplicatedObject deployment, PodOwner owner) in share.Deployments)
            {
                if (deployment.Metadata.DeletionTimestamp is not null) continue;
                bool current = kind == ApiResource.Deployments && share.Order is { State: AssignmentState.Active } order && owner.Revision == order.Revision;
                await BringAsync(plane, names, share, deployment, owner, step.Counts.TryGetValue(deployment.Metadata.Name, out int count) ? count : null, current, step.Surrendered, cancellationToken);
            }
            if (setStep is not null) await BringSetAsync(plane, names, share, setStep, cancellationToken);
            await BringJobsAsync(plane, names, share, jobStep, cancellationToken);
            await BringCronAsync(plane, names, share, cronStep, cancellationToken);
            if (makesSet) await MakeSetAsync(plane, names, share, begins, null, cancellationToken);
            else if (step.Starts > 0) await MakeAsync(plane, names, share, step.Starts, null, cancellationToken);
            else if (share.Deployments.Count > 0 && !share.Waits) Accepted(share.Id);
        }
        catch (KubernetesException e) when (e.IsOvertaken)
        {
            // Someone was quicker: the next turn sees what they did.
            lock (_gate) _spaces.Clear();
            return false;
        }
        catch (KubernetesException e) when (e.IsOfTheObject)
        {
            Refuse(share.Id, e.Message);
            _pauses.Refused(share.Id.Value, FormTextOf(share), e.Message);
        }
        // What runs is seen ending; what is not seen may be about to run, until its Deployment is gone.
        return !ends || (share.Deployments.Count == 0 && share.Set is null && share.Jobs.Count == 0 && share.Cron is null) || seen;

        // What objects of a kind are told: the order, or to end where it is made as another kind; there they may have to wait.
        Assignment? ToldTo(ApiResource one) => kind == one ? share.Order : ending;
        bool Waits(ApiResource one) => kind != one && keepsOther;
    }

    private async Task BringAsync(
        string plane, KubernetesNames names, Share share, ReplicatedObject deployment, PodOwner owner, int? count, bool current, IReadOnlyList<ReplicaId> surrendered, CancellationToken cancellationToken)
    {
        string space = deployment.Metadata.Namespace!, name = deployment.Metadata.Name;
        if (count == 0)
        {
            await _client.DeleteAsync(ApiResource.Deployments, space, name, new DeleteRequest(Propagation.Background) { Uid = deployment.Metadata.Uid }, cancellationToken);
            lock (_gate) _written.Remove(name);
            LogRemoved(_logger, name, owner.Assignment);
            return;
        }
        if (count is { } number)
        {
            if (number < (deployment.Spec.Replicas ?? 1)) await MarkAsync(space, surrendered, cancellationToken);
            var patch = new JsonObject { ["metadata"] = new JsonObject { ["resourceVersion"] = deployment.Metadata.ResourceVersion }, ["spec"] = new JsonObject { ["replicas"] = number } };
            Note(name, await _client.MergeAsync(ApiResource.Deployments, space, name, patch, cancellationToken));
            LogScaled(_logger, name, owner.Assignment, number);
            return;
        }
        if (!current) return;
        // Somebody else wrote to its specification since we did, or this agent is new: an apply puts right what is ours, and writes nothing where all is well.
        bool unsure;
        lock (_gate) unsure = !_written.TryGetValue(name, out Written? written) || written.Generation != deployment.Metadata.Generation || written.Form != FormTextOf(share) || MayLackMaterial(share, written);
        if (!unsure || IsContested(name)) return;
        await MakeAsync(plane, names, share, deployment.Spec.Replicas ?? 1, deployment, cancellationToken);
    }

    // Makes the Deployment, or puts right what is ours of it.
    private async Task MakeAsync(string plane, KubernetesNames names, Share share, int replicas, ReplicatedObject? live, CancellationToken cancellationToken)
    {
        if (share.Waits) return;
        DesiredAssignment desired = share.Desired!;
        Assignment order = desired.Assignment;
        string name = names.Deployment(order.Id, order.Revision, order.Workload), space = names.Namespace(order.Workload.Tenant, order.Workload.Namespace);
        if (MaterialForm.TryMake(names, name, desired, _opener, out string? refusal) is not { } material || DeploymentForm.TryMake(plane, names, order, material, replicas, out refusal) is not { } form)
        {
            Refuse(order.Id, refusal!);
            return;
        }
        if (live is not null) ((JsonObject)form["metadata"]!)["resourceVersion"] = live.Metadata.ResourceVersion;
        await EnsureNamespaceAsync(names, space, order, cancellationToken);
        // Who is to be kept out is kept out before there is anything to reach.
        foreach (JsonObject policy in BesideForm.Policies(names, order)) await PutBesideAsync(ApiResource.NetworkPolicies, space, policy, OwnersOf(share), cancellationToken);
        if (!await GiveMaterialAsync(names, order, space, material, live is null ? null : new OwnerOfObject("Deployment", name, live.Metadata.Uid!), cancellationToken)) return;
        Applied applied = await _client.ApplyAsync(ApiResource.Deployments, space, form, force: true, dryRun: false, cancellationToken);
        if (applied.Created) LogMade(_logger, name, order.Id, replicas);
        else if (live is not null && applied.ResourceVersion != live.Metadata.ResourceVersion) NoteRepair(name);
        Note(name, applied, FormTextOf(share));
        // Its files become its own, and go with it.
        if (live is null && !material.IsEmpty) await GiveMaterialAsync(names, order, space, material, new OwnerOfObject("Deployment", name, applied.Uid!), cancellationToken);
        Accepted(order.Id);
    }

    // The cheapest to end, where the cluster looks at it (1.22 and later); an older one ends the youngest.
    private async Task MarkAsync(string space, IReadOnlyList<ReplicaId> surrendered, CancellationToken cancellationToken)
    {
        foreach (ReplicaId id in surrendered)
        {
            string name;
            lock (_gate)
            {
                if (!_replicas.TryGetValue(id, out KubernetesReplica? replica) || replica.Pod.Metadata.Namespace != space) continue;
                name = replica.Pod.Metadata.Name;
            }
            var patch = new JsonObject { ["metadata"] = new JsonObject { ["uid"] = id.Value, ["annotations"] = new JsonObject { ["controller.kubernetes.io/pod-deletion-cost"] = "-1000" } } };
            await _client.MergeAsync(ApiResource.Pods, space, name, patch, cancellationToken);
        }
    }

    private void BeginDrain(ReplicaId id)
    {
        KubernetesReplica replica = _replicas[id];
        replica.Drain = DrainStage.Draining;
        replica.DrainUntil = _time.GetTimestamp() + (long)(replica.Form.DrainSeconds * (double)_time.TimestampFrequency);
    }

    // On its way out: the cluster ends it, or is about to, for what made it is gone, and it is another stream that tells so. For one that somebody made nobody's nothing waits.
    private bool IsLeaving(KubernetesReplica replica) => replica.IsEnding || (replica.UnownedSince is { } since && _time.GetElapsedTime(since) < UnownedWithin);

    private IReadOnlyList<(ReplicaId, TemplateRevision)> LeavingOf(AssignmentId assignment) =>
        [.. _ofAssignment[assignment].Where(replica => IsLeaving(replica) && !IsLost(replica)).Select(static replica => (replica.Id, replica.Owner.Revision))];

    // One on a lost node may never tell its end: nothing waits for it.
    private bool IsLost(KubernetesReplica replica) => replica.Pod.Spec.NodeName is { } name && _nodes.TryGetValue(name, out Node? node) && Observing.NodeDiagnosis.Loss(node) is not null;

    // The cluster does not tell of what pods read. One that does not begin may wait for files that somebody took away: they are given once more.
    private bool MayLackMaterial(Share share, Written written) =>
        share.Desired is { Material.Count: > 0 } && _time.GetElapsedTime(written.At) > _options.BesideTick
        && _ofAssignment[share.Id].Any(static replica => replica is { IsEnding: false, State: { State: ReplicaState.Starting or ReplicaState.BackOff, Restarts: 0 } });

    // What the Deployment is made of, but for its number.
    private static string FormTextOf(Share share) =>
        share.Desired is not { } desired ? "" : $"{desired.Assignment.Revision} {string.Join(' ', desired.Material.Select(static files => $"{files.Kind}/{files.Name}/{files.Version}"))}";
}
