using System.Globalization;
using Federation.Adapters.Planning;
using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;

namespace Federation.Adapters.Kubernetes.Reconciling;

/// <summary>A pod of a StatefulSet that is not on its way out by the cluster.</summary>
internal sealed record SetPod(ReplicaId Id, int Ordinal, TemplateRevision Revision, bool Alive, bool Ready, DrainStage Drain, int DrainSeconds);

/// <summary>A StatefulSet: how many it is to have, of which revision those are that it makes from now on, and its pods.</summary>
internal sealed record SetTurn(int Replicas, TemplateRevision Revision, IReadOnlyList<SetPod> Pods);

/// <summary>
/// The next step: whether its template is to be that of the order first; how many it is to have, if that changes (0 removes it); who leaves traffic or has left it; and who of
/// those is deleted, so that the cluster makes one of the same name by the template.
/// </summary>
internal sealed record SetStep(bool Renews, int? Count, IReadOnlyList<ReplicaId> Drains, IReadOnlyList<ReplicaId> Surrendered, IReadOnlyList<ReplicaId> Replaced);

/// <summary>
/// Carries the common plan over to a StatefulSet. It has one template, and replaces nothing by itself: whom the plan gives up is deleted after its drain, and comes back under
/// its name by the newest template. A smaller number ends the highest ordinals, each after its drain. Pure.
/// </summary>
internal static class SetPlan
{
    /// <summary>Computes the step.</summary>
    /// <param name="order">The order; null if there is none any more.</param>
    /// <param name="set">What is there.</param>
    /// <param name="leaving">Pods of the assignment that the cluster is ending already, and that may run still.</param>
    public static SetStep Compute(Assignment? order, SetTurn set, IReadOnlyList<(ReplicaId Id, TemplateRevision Revision)> leaving)
    {
        List<ReplicaId> drains = [], surrendered = [];
        if (order is null or { State: AssignmentState.Withdrawn } or { State: AssignmentState.Unreachable, Singleton: true })
        {
            foreach (SetPod pod in set.Pods) Leave(pod);
            return new SetStep(false, set.Pods.All(IsGivenUp) ? 0 : null, drains, surrendered, []);
        }
        bool active = order.State == AssignmentState.Active;
        bool replacing = active && order.Surge + order.MayBeUnavailable > 0 && set.Pods.Any(pod => pod.Revision != order.Revision);
        // One more stands in until all below it are ready: it is the first to go, whoever else is not well.
        bool standsIn = active && !replacing && order.Surge > 0 && set.Replicas > order.Replicas && set.Pods.Count(pod => pod.Ordinal < order.Replicas && pod.Ready && pod.Drain == DrainStage.None) < order.Replicas;
        int most = order.Replicas + (replacing || standsIn ? order.Surge : 0), kept = Math.Min(set.Replicas, most);
        List<PlannedReplica> planned = [.. set.Pods.Select(pod => new PlannedReplica(pod.Id, pod.Revision, pod.Alive, pod.Ready, pod.Drain != DrainStage.None || pod.Ordinal >= most))];
        // What the cluster has yet to make; under the name of one that is leaving it waits for its end.
        for (int i = set.Pods.Count(pod => pod.Ordinal < kept) + leaving.Count; i < kept; i++)
            planned.Add(new(new ReplicaId(string.Create(CultureInfo.InvariantCulture, $"to-come-{i}")), set.Revision, Alive: true, Ready: false, Retiring: false));
        foreach ((ReplicaId id, TemplateRevision revision) in leaving) planned.Add(new(id, revision, Alive: true, Ready: false, Retiring: true));
        AssignmentPlan plan = standsIn ? new AssignmentPlan(0, []) : AssignmentPlan.Compute(order, planned);
        var byId = set.Pods.ToDictionary(static pod => pod.Id);

        // What is deleted comes back by the template: that is the order's before anyone is given up for it.
        if (active && set.Revision != order.Revision && (plan.Starts > 0 || plan.Retirements.Any(id => byId.TryGetValue(id, out SetPod? pod) && pod.Revision != order.Revision) || (set.Pods.Count == 0 && leaving.Count == 0)))
            return new SetStep(true, null, [], [], []);

        foreach (ReplicaId id in plan.Retirements)
            if (byId.TryGetValue(id, out SetPod? pod)) Leave(pod);
        foreach (SetPod pod in set.Pods)
            if (pod.Ordinal >= most || pod.Drain == DrainStage.Over) Leave(pod);
        int count = set.Replicas;
        if (count > most)
        {
            // From the top, as far as each has had its time.
            while (count > most && set.Pods.FirstOrDefault(pod => pod.Ordinal == count - 1) is var top && (top is null || IsGivenUp(top))) count--;
        }
        else count = Math.Min(most, count + plan.Starts);
        return new SetStep(false, count == set.Replicas && count > 0 ? null : count, drains, surrendered, [.. set.Pods.Where(pod => pod.Ordinal < most && IsGivenUp(pod)).Select(static pod => pod.Id)]);

        void Leave(SetPod pod)
        {
            if (pod.Drain is DrainStage.Draining or DrainStage.Surrendered) return;
            if (pod is { Drain: DrainStage.None, Ready: true, DrainSeconds: > 0 }) drains.Add(pod.Id);
            else if (!surrendered.Contains(pod.Id)) surrendered.Add(pod.Id);
        }

        bool IsGivenUp(SetPod pod) => pod.Drain == DrainStage.Surrendered || surrendered.Contains(pod.Id);
    }
}
