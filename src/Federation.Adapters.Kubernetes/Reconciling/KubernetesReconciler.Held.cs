using System.Globalization;
using Federation.Adapters.Kubernetes.Client.Resources;
using Federation.Adapters.Kubernetes.Client.Watching;
using Federation.Adapters.Kubernetes.Forms;
using Federation.Adapters.Kubernetes.Naming;
using Federation.Adapters.Kubernetes.Observing;
using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;

namespace Federation.Adapters.Kubernetes.Reconciling;

/// <content>Why there are fewer replicas than ordered, where none of them can say it.</content>
public sealed partial class KubernetesReconciler
{
    private readonly Warnings _warnings = new();

    // Of those about which events say what nothing else does.
    private void Take(string kind, Dictionary<(string Namespace, string Name), ReplicatedObject> known, FeedStep<ReplicatedObject> step)
    {
        Take(known, step);
        if (step is FeedStep<ReplicatedObject>.Relisted relisted) _warnings.Keep(kind, relisted.Objects.Select(static one => one.Metadata.Uid!));
        else if (step is FeedStep<ReplicatedObject>.Gone gone) _warnings.Forget(gone.Object.Metadata.Uid!);
    }

    private void TakeEvent(FeedStep<EventObject> step)
    {
        IEnumerable<EventObject> told = step switch
        {
            FeedStep<EventObject>.Relisted relisted => relisted.Objects,
            FeedStep<EventObject>.Put put => [put.Object],
            _ => [],
        };
        foreach (EventObject one in told) _warnings.Take(one);
    }

    // That a pod was refused is over once it is there, or nothing more is wanted; the event goes on to be told for an hour.
    private void AnswerWarning(ReplicatedObject set)
    {
        if (_warnings.Of(set.Metadata.Uid!) is not { } said) return;
        string[] there = [.. _ofDeployment[(set.Metadata.Namespace, set.Metadata.Name)].Where(static replica => !replica.IsEnding).Select(static replica => replica.Pod.Metadata.Name)];
        if (there.Length >= (set.Spec.Replicas ?? 1) || there.Contains(WorkloadDiagnosis.PodIn(said.Text, set.Metadata.Name), StringComparer.Ordinal)) _warnings.Answer(set.Metadata.Uid!);
    }

    // An order that has fewer pods than it wants tells its reason as one that waits.
    private IEnumerable<ReplicaObservation> Held(string plane)
    {
        KubernetesNames names = NamesOf(plane);
        foreach (Assignment order in _desired.Values.Select(static desired => desired.Assignment))
        {
            string name = names.Deployment(order.Id, order.Revision, order.Workload);
            if (HeldBy(names, order, name) is not { } reason) continue;
            yield return new ReplicaObservation
            {
                Id = new ReplicaId(string.Create(CultureInfo.InvariantCulture, $"{name}-held")),
                Assignment = order.Id,
                Workload = order.Workload,
                Cluster = _options.Cluster,
                Node = _options.Node,
                Revision = order.Revision,
                State = ReplicaState.BackOff,
                Message = reason,
            };
        }
    }

    // It may not be begun here, the cluster refused what was written for it, or it makes none of its pods, or no more of them.
    private string? HeldBy(KubernetesNames names, Assignment order, string deployment)
    {
        int there = 0, staying = 0;
        foreach (KubernetesReplica replica in _ofAssignment[order.Id])
        {
            if (replica.Owner.Revision != order.Revision) continue;
            there++;
            if (!replica.IsEnding) staying++;
        }
        if (there < order.Replicas && _withheld.TryGetValue(order.Id, out string? reason)) return reason;
        if (there < Math.Max(1, order.Replicas) && _refusals.TryGetValue(order.Id, out reason)) return reason;
        // The cluster has a pod's place taken as soon as it ends.
        if (staying >= order.Replicas || order.State == AssignmentState.Withdrawn) return null;
        string space = names.Namespace(order.Workload.Tenant, order.Workload.Namespace);
        if (StatefulSetForm.IsFor(order.Template) && _sets.TryGetValue((space, order.Workload.Name), out ReplicatedObject? set) && _warnings.Of(set.Metadata.Uid!) is { } said) return WorkloadDiagnosis.Refused(said.Text, "its pods");
        if (!_deployments.TryGetValue((space, deployment), out ReplicatedObject? made)) return null;
        // Why a rollout gets no further, its pods say better where there are any.
        return there == 0 ? WorkloadDiagnosis.Of(made) : WorkloadDiagnosis.RefusalOf(made);
    }
}
