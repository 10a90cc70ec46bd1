using Federation.Adapters.Kubernetes.Client;
using Federation.Adapters.Kubernetes.Client.Resources;
using Federation.Adapters.Kubernetes.Forms;
using Federation.Adapters.Kubernetes.Naming;
using Federation.Adapters.Kubernetes.Observing;
using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;

namespace Federation.Adapters.Kubernetes.Reconciling;

/// <content>
/// CronJobs. One is the replica of its workload, ready as long as it is there; what it begins is the cluster's own to begin, and to end. How its newest run went is told with it.
/// </content>
public sealed partial class KubernetesReconciler
{
    private readonly Dictionary<(string Namespace, string Name), ReplicatedObject> _crons = [];

    private static string CronKey(string space, string name) => $"cron {space}/{name}";

    // Under a name that is not its own it is no work of ours.
    private static PodOwner? CronOwnerOf(KubernetesNames names, ReplicatedObject cron) =>
        cron.Metadata.Labels?.GetValueOrDefault(KubernetesLabels.Owner) == names.Owner() && KubernetesLabels.OwnerOf(cron.Metadata.Annotations) is { } owner
        && cron.Metadata.Name == owner.Workload.Name && cron.Metadata.Namespace == names.Namespace(owner.Workload.Tenant, owner.Workload.Namespace)
            ? owner
            : null;

    private void LookAtCrons(KubernetesNames names)
    {
        if (_crons.Count == 0) return;
        ILookup<string, Job> runs = Owned(_jobs.Values, "CronJob");
        ILookup<string, Pod> pods = PodsOfJobs();
        foreach (ReplicatedObject cron in _crons.Values)
        {
            if (CronOwnerOf(names, cron) is not { } owner) continue;
            var id = new ReplicaId(cron.Metadata.Uid!);
            // One object is of one revision after the other.
            if (!_replicas.TryGetValue(id, out KubernetesReplica? replica) || replica.Owner != owner) _replicas[id] = replica = new KubernetesReplica(Unmade(cron.Metadata), owner, new PodForm());
            replica.Cron = cron;
            replica.SeenAt = _looks;
            string? end = null, held = null;
            replica.Pod = Unmade(cron.Metadata);
            foreach (Job run in runs[cron.Metadata.Uid!].OrderByDescending(static job => job.Metadata.CreationTimestamp).ThenByDescending(static job => job.Metadata.Name, StringComparer.Ordinal))
            {
                Pod? pod = NewestOf(pods[run.Metadata.Uid!]);
                if (replica.Pod.Metadata.Uid == cron.Metadata.Uid && pod is not null) replica.Pod = pod;
                PodState? state = pod is null ? null : PodDiagnosis.Of(pod, pod.Spec.NodeName is { } node ? _nodes.GetValueOrDefault(node) : null, null, null);
                if (JobDiagnosis.Of(run, pod, state, state?.LastEnd, null, awaited: false) is not { State: ReplicaState.Ended } ended)
                {
                    held ??= HeldBy(run, pods[run.Metadata.Uid!]);
                    continue;
                }
                end = $"{run.Metadata.Name}: {ended.LastEnd ?? "ended"}";
                break;
            }
            Take(replica, cron.Metadata.DeletionTimestamp is null ? new PodState(ReplicaState.Ready, HeldBy(cron, runs[cron.Metadata.Uid!]) ?? held, end, 0, null) : new PodState(ReplicaState.Stopping, "is ending", end, 0, null));
        }
    }

    // Why the cluster begins no run, as its event says: it is over once one has begun since.
    private string? HeldBy(ReplicatedObject cron, IEnumerable<Job> runs)
    {
        if (cron.Spec.Suspend || _warnings.Of(cron.Metadata.Uid!) is not { } said) return null;
        if (!runs.Any(run => run.Metadata.CreationTimestamp >= said.At)) return WorkloadDiagnosis.Refused(said.Text, "its runs");
        _warnings.Answer(cron.Metadata.Uid!);
        return null;
    }

    // Why a run that has begun has no pod, or no more of them: a pod that was made since answers for it.
    private string? HeldBy(Job run, IEnumerable<Pod> pods) =>
        run is { Spec.Suspend: false, Metadata.DeletionTimestamp: null } && _warnings.Of(run.Metadata.Uid!) is { } said && !pods.Any(pod => pod.Metadata.CreationTimestamp > said.At)
        && pods.Count(static pod => pod.Status.Phase is not ("Succeeded" or "Failed") && pod.Metadata.DeletionTimestamp is null) < (run.Spec.Parallelism ?? 1)
            ? $"its run {run.Metadata.Name} waits: {WorkloadDiagnosis.Refused(said.Text, "its pod")}"
            : null;

    // Its template is replaced in place: what it has begun ends as it began.
    private CronStep PlanCron(Share share, bool waits)
    {
        Assignment? order = share.Order;
        bool asCron = share.Kind == ApiResource.CronJobs;
        if (share.Cron is not { } there)
            return asCron && order is { State: AssignmentState.Active, Replicas: > 0 } && !share.HasOther && !Denied(CronsFeed) ? CronStep.Put : CronStep.None;
        if (there.Cron.Metadata.DeletionTimestamp is not null || waits) return CronStep.None;
        if (!asCron || order is { State: AssignmentState.Withdrawn } or { Replicas: 0 }) return CronStep.End;
        if (order is not { State: AssignmentState.Active }) return CronStep.None;
        if (there.Owner.Revision != order.Revision) return order.Surge + order.MayBeUnavailable > 0 ? CronStep.Put : CronStep.None;
        string key = CronKey(there.Cron.Metadata.Namespace!, there.Cron.Metadata.Name);
        ObjectMeta seen = there.Cron.Metadata;
        // Where a server counts no generations of it, each run changes its version, and an apply that changes nothing finds that out.
        bool unsure = !_written.TryGetValue(key, out Written? written) || written.Form != FormTextOf(share) || (seen.Generation is null ? written.Version != seen.ResourceVersion : written.Generation != seen.Generation);
        return unsure && !IsContested(key) ? CronStep.Put : CronStep.None;
    }

    private async Task BringCronAsync(string plane, KubernetesNames names, Share share, CronStep step, CancellationToken cancellationToken)
    {
        if (step == CronStep.End)
        {
            ReplicatedObject cron = share.Cron!.Value.Cron;
            // It is there until its pods are not: so its end is seen.
            await _client.DeleteAsync(ApiResource.CronJobs, cron.Metadata.Namespace!, cron.Metadata.Name, new DeleteRequest(Propagation.Foreground) { Uid = cron.Metadata.Uid }, cancellationToken);
            LogRemoved(_logger, CronKey(cron.Metadata.Namespace!, cron.Metadata.Name), share.Id);
        }
        if (step == CronStep.None && share.Cron is { } there && there.Owner.Revision == share.Order?.Revision && !share.Waits) Accepted(share.Id);
        if (step != CronStep.Put) return;
        WorkloadKey workload = share.Desired!.Assignment.Workload;
        await MakeNamedAsync(
            names, share, ApiResource.CronJobs, CronKey(names.Namespace(workload.Tenant, workload.Namespace), workload.Name), 1, share.Cron,
            material => (CronJobForm.TryMake(plane, names, share.Desired.Assignment, material, out string? refusal), refusal), cancellationToken);
    }

    private enum CronStep
    {
        None,

        /// <summary>Make it, give it the order's template, or put right what is ours of it.</summary>
        Put,

        End,
    }
}
