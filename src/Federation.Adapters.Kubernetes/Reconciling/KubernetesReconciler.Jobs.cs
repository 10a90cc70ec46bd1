using System.Globalization;
using System.Text.Json.Nodes;
using Federation.Adapters.Kubernetes.Client;
using Federation.Adapters.Kubernetes.Client.Resources;
using Federation.Adapters.Kubernetes.Client.Watching;
using Federation.Adapters.Kubernetes.Forms;
using Federation.Adapters.Kubernetes.Naming;
using Federation.Adapters.Kubernetes.Observing;
using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;

namespace Federation.Adapters.Kubernetes.Reconciling;

/// <content>
/// Jobs, one for each replica of what runs to its end. That one has ended is in the cluster, as long as its Job is: no restart of an agent begins it again, and the cluster is told to
/// remove it only once the plane knows that all have ended.
/// </content>
public sealed partial class KubernetesReconciler
{
    private static readonly TimeSpan SeenWithin = TimeSpan.FromSeconds(5);

    private readonly Dictionary<(string Namespace, string Name), Job> _jobs = [];
    private readonly Dictionary<(string Namespace, string Name), (AssignmentId Assignment, long At)> _madeJobs = [];

    private void TakeJob(FeedStep<Job> step)
    {
        switch (step)
        {
            case FeedStep<Job>.Relisted relisted:
                _jobs.Clear();
                foreach (Job one in relisted.Objects) Put(one);
                _warnings.Keep("Job", relisted.Objects.Select(static job => job.Metadata.Uid!));
                break;
            case FeedStep<Job>.Put put:
                Put(put.Object);
                break;
            case FeedStep<Job>.Gone gone:
                _jobs.Remove((gone.Object.Metadata.Namespace!, gone.Object.Metadata.Name));
                _warnings.Forget(gone.Object.Metadata.Uid!);
                break;
            default:
                break;
        }

        void Put(Job job)
        {
            (string, string) key = (job.Metadata.Namespace!, job.Metadata.Name);
            _jobs[key] = job;
            _madeJobs.Remove(key);
        }
    }

    // Under a name that is not its own it is no work of ours.
    private static (PodOwner Owner, int Ordinal)? JobOwnerOf(KubernetesNames names, Job job) =>
        job.Metadata.Labels?.GetValueOrDefault(KubernetesLabels.Owner) == names.Owner() && KubernetesLabels.OwnerOf(job.Metadata.Annotations) is { } owner
        && int.TryParse(job.Metadata.Annotations?.GetValueOrDefault(KubernetesLabels.Ordinal), NumberStyles.None, CultureInfo.InvariantCulture, out int ordinal)
        && job.Metadata.Name == names.Job(owner.Assignment, owner.Revision, owner.Workload, ordinal)
            ? (owner, ordinal)
            : null;

    private void LookAtJobs(KubernetesNames names)
    {
        if (_jobs.Count == 0) return;
        ILookup<string, Pod> pods = PodsOfJobs();
        foreach (Job job in _jobs.Values)
        {
            if (JobOwnerOf(names, job) is not { } one) continue;
            var id = new ReplicaId(job.Metadata.Uid!);
            if (!_replicas.TryGetValue(id, out KubernetesReplica? replica))
                _replicas[id] = replica = new KubernetesReplica(Unmade(job.Metadata), one.Owner, PodForm.Read(job.Metadata.Annotations?.GetValueOrDefault(KubernetesLabels.Form)));
            Pod? pod = NewestOf(pods[job.Metadata.Uid!]);
            replica.Job = job;
            replica.SeenAt = _looks;
            replica.Pod = pod ?? Unmade(job.Metadata);
            PodState? state = pod is null ? null : StateOf(pod, replica);
            if (pod is not null) replica.LastEnd = state!.LastEnd ?? (pod.Status.Phase == "Failed" ? state.Message : replica.LastEnd);
            // What had failed before this agent first looked has shown all that it will.
            if (JobDiagnosis.FailureOf(job) is not null && _looks > 1) replica.FailedAt ??= _time.GetTimestamp();
            bool awaited = replica.FailedAt is { } at && _time.GetElapsedTime(at) < SeenWithin;
            Take(replica, JobDiagnosis.Of(job, pod, state, replica.LastEnd, _warnings.Of(job.Metadata.Uid!)?.Text, awaited));
        }
    }

    private static Pod Unmade(ObjectMeta of) => new() { Metadata = new ObjectMeta { Name = of.Name, Namespace = of.Namespace, Uid = of.Uid } };

    private ILookup<string, Pod> PodsOfJobs() => Owned(_pods.Values.Select(static seen => seen.Pod).Where(static pod => pod.Metadata.Labels?.ContainsKey(KubernetesLabels.Job) == true), "Job");

    private static ILookup<string, T> Owned<T>(IEnumerable<T> objects, string kind) where T : IApiObject => objects
        .SelectMany(one => (one.Metadata.OwnerReferences ?? []).Where(owner => owner.Kind == kind).Select(owner => (owner.Uid, One: one)))
        .ToLookup(static one => one.Uid, static one => one.One, StringComparer.Ordinal);

    private static Pod? NewestOf(IEnumerable<Pod> pods) => pods.OrderByDescending(static pod => pod.Status.Phase != "Failed" && pod.Metadata.DeletionTimestamp is null)
        .ThenByDescending(static pod => pod.Metadata.CreationTimestamp).ThenBy(static pod => pod.Metadata.Name, StringComparer.Ordinal).FirstOrDefault();

    // Made, and not seen yet: made again it would be the same one, but others would be counted wrongly.
    private bool IsAwaited(Share share) => _madeJobs.Values.Any(made => made.Assignment == share.Id && _time.GetElapsedTime(made.At) < SeenWithin);

    private JobStep PlanJobs(Share share, Assignment? order, bool mayMake)
    {
        if (share.Jobs.Count == 0 && !mayMake) return JobStep.None;
        (ReplicaId, TemplateRevision)[] leaving =
        [
            .. _ofAssignment[share.Id].Where(replica => replica.Job is null && IsLeaving(replica) && !IsLost(replica)).Select(static replica => (replica.Id, replica.Owner.Revision)),
        ];
        JobStep step = JobPlan.Compute(
            order, [.. share.Jobs.Where(one => _replicas.ContainsKey(new ReplicaId(one.Job.Metadata.Uid!))).Select(TurnOf)], leaving, order is null ? null : JobForm.AtOnce(order.Template), mayMake && !Denied(JobsFeed));
        foreach (ReplicaId id in step.Drains) BeginDrain(id);
        foreach (ReplicaId id in step.Ends) _replicas[id].Drain = DrainStage.Surrendered;
        return step;
    }

    private JobTurn TurnOf((Job Job, PodOwner Owner, int Ordinal) one)
    {
        KubernetesReplica replica = _replicas[new ReplicaId(one.Job.Metadata.Uid!)];
        return new JobTurn(
            replica.Id, one.Ordinal, one.Owner.Revision, Alive: replica.State.State is not (ReplicaState.BackOff or ReplicaState.Ended), replica.State.State == ReplicaState.Ready,
            Over: replica.State.State == ReplicaState.Ended, replica.Drain, replica.Form.DrainSeconds, replica.IsEnding, IsLost(replica));
    }

    private async Task BringJobsAsync(string plane, KubernetesNames names, Share share, JobStep step, CancellationToken cancellationToken)
    {
        foreach (ReplicaId id in step.Ends)
        {
            Job? job;
            lock (_gate) job = _replicas.GetValueOrDefault(id)?.Job;
            if (job is null) continue;
            // It is there until its pod is not: so its end is seen.
            await _client.DeleteAsync(ApiResource.Jobs, job.Metadata.Namespace!, job.Metadata.Name, new DeleteRequest(Propagation.Foreground) { Uid = id.Value }, cancellationToken);
            LogJobRemoved(_logger, job.Metadata.Name, share.Id);
        }
        foreach (int ordinal in step.Starts)
            if (!await MakeJobAsync(plane, names, share, ordinal, cancellationToken)) return;
        if (share.Order is not { State: AssignmentState.Active } order) return;
        foreach ((Job job, PodOwner owner, _) in share.Jobs)
            if (owner.Revision == order.Revision && job.Metadata.DeletionTimestamp is null) await KeepJobAsync(order, job, cancellationToken);
        if (step.Starts.Count == 0 && share.Jobs.Count > 0 && !share.Waits) Accepted(share.Id);
    }

    private async Task<bool> MakeJobAsync(string plane, KubernetesNames names, Share share, int ordinal, CancellationToken cancellationToken)
    {
        if (share.Waits) return false;
        DesiredAssignment desired = share.Desired!;
        Assignment order = desired.Assignment;
        string name = names.Job(order.Id, order.Revision, order.Workload, ordinal), space = names.Namespace(order.Workload.Tenant, order.Workload.Namespace);
        if (MaterialForm.TryMake(names, name, desired, _opener, out string? refusal) is not { } material || JobForm.TryMake(plane, names, order, material, ordinal, out refusal) is not { } form)
        {
            Refuse(order.Id, refusal!);
            return false;
        }
        await EnsureNamespaceAsync(names, space, order, cancellationToken);
        foreach (JsonObject policy in BesideForm.Policies(names, order)) await PutBesideAsync(ApiResource.NetworkPolicies, space, policy, OwnersOf(share), cancellationToken);
        if (!await GiveMaterialAsync(names, order, space, material, null, cancellationToken)) return false;
        Applied applied = await _client.ApplyAsync(ApiResource.Jobs, space, form, force: true, dryRun: false, cancellationToken);
        lock (_gate)
        {
            if (!_jobs.ContainsKey((space, name))) _madeJobs[(space, name)] = (order.Id, _time.GetTimestamp());
        }
        Accepted(order.Id);
        if (!material.IsEmpty) await GiveMaterialAsync(names, order, space, material, new OwnerOfObject("Job", name, applied.Uid!), cancellationToken);
        if (applied.Created) LogJobMade(_logger, name, order.Id);
        return true;
    }

    // Little of a Job can change once it is made.
    private async Task KeepJobAsync(Assignment order, Job job, CancellationToken cancellationToken)
    {
        bool over;
        lock (_gate) over = _replicas.GetValueOrDefault(new ReplicaId(job.Metadata.Uid!)) is { State.State: ReplicaState.Ended };
        JsonObject change;
        if (over)
        {
            if (!order.Completed || JobForm.RemovedAfter(order.Template) is not { } seconds || job.Spec.TtlSecondsAfterFinished is not null) return;
            change = new JsonObject { ["ttlSecondsAfterFinished"] = seconds };
        }
        else
        {
            if (job.Spec.Parallelism is null or 1 || IsContested(job.Metadata.Name)) return;
            change = new JsonObject { ["parallelism"] = 1 };
        }
        var patch = new JsonObject { ["metadata"] = new JsonObject { ["resourceVersion"] = job.Metadata.ResourceVersion }, ["spec"] = change };
        await _client.MergeAsync(ApiResource.Jobs, job.Metadata.Namespace, job.Metadata.Name, patch, cancellationToken);
        if (!over) NoteRepair(job.Metadata.Name);
    }
}
