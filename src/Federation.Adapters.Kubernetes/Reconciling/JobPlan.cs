using Federation.Adapters.Planning;
using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;

namespace Federation.Adapters.Kubernetes.Reconciling;

/// <summary>A Job of an order.</summary>
/// <param name="Id">The replica that it is.</param>
/// <param name="Ordinal">Which of its revision's.</param>
/// <param name="Revision">What it runs.</param>
/// <param name="Alive">Whether it runs, or is on its way to.</param>
/// <param name="Ready">Whether it gets traffic.</param>
/// <param name="Over">Whether it has ended for good.</param>
/// <param name="Drain">How far it is on its way out of traffic.</param>
/// <param name="DrainSeconds">How long that takes.</param>
/// <param name="Ending">Whether it is deleted, and its pod may run still.</param>
/// <param name="Lost">Whether its node is lost.</param>
internal sealed record JobTurn(ReplicaId Id, int Ordinal, TemplateRevision Revision, bool Alive, bool Ready, bool Over, DrainStage Drain, int DrainSeconds, bool Ending, bool Lost);

/// <summary>The next step: the ordinals of Jobs to be made, who leaves traffic, and who is deleted.</summary>
internal sealed record JobStep(IReadOnlyList<int> Starts, IReadOnlyList<ReplicaId> Drains, IReadOnlyList<ReplicaId> Ends)
{
    /// <summary>Nothing changes.</summary>
    public static JobStep None { get; } = new([], [], []);
}

/// <summary>Carries the common plan over to Jobs, one a replica: each is made and deleted by itself. What has ended stays until it is not wanted any more. Pure.</summary>
internal static class JobPlan
{
    /// <summary>Computes the step.</summary>
    /// <param name="order">The order; null if there is none any more.</param>
    /// <param name="jobs">The assignment's Jobs.</param>
    /// <param name="leaving">Pods of the assignment that are of no Job and on their way out: of what the workload was before.</param>
    /// <param name="atOnce">How many may run at once; null for all.</param>
    /// <param name="mayMake">Whether new ones may be made now.</param>
    public static JobStep Compute(Assignment? order, IReadOnlyList<JobTurn> jobs, IReadOnlyList<(ReplicaId Id, TemplateRevision Revision)> leaving, int? atOnce, bool mayMake)
    {
        // One on a lost node may never tell its end: nothing waits for it.
        List<PlannedReplica> planned =
        [
            .. jobs.Where(static job => !job.Ending || (!job.Over && !job.Lost)).Select(static job => new PlannedReplica(job.Id, job.Revision, job.Alive, job.Ready, Retiring: job.Ending || job.Drain != DrainStage.None)),
            .. leaving.Select(static pod => new PlannedReplica(pod.Id, pod.Revision, Alive: true, Ready: false, Retiring: true)),
        ];
        AssignmentPlan plan = order is null
            ? new AssignmentPlan(0, [.. planned.Where(static replica => !replica.Retiring).Select(static replica => replica.Id)])
            : AssignmentPlan.Compute(order, planned);
        List<ReplicaId> drains = [], ends = [];
        var retired = plan.Retirements.ToHashSet();
        foreach (JobTurn job in jobs)
        {
            if (job.Ending) continue;
            if (retired.Contains(job.Id) && job is { Ready: true, DrainSeconds: > 0, Drain: DrainStage.None }) drains.Add(job.Id);
            else if (retired.Contains(job.Id) || job.Drain is DrainStage.Over or DrainStage.Surrendered) ends.Add(job.Id);
        }
        int starts = mayMake ? plan.Starts : 0;
        if (atOnce is { } most) starts = Math.Min(starts, Math.Max(0, most - jobs.Count(static job => !job.Over)));
        List<int> made = [];
        HashSet<int> taken = [.. jobs.Where(job => job.Revision == order?.Revision).Select(static job => job.Ordinal)];
        for (int ordinal = 0; made.Count < starts; ordinal++)
            if (taken.Add(ordinal)) made.Add(ordinal);
        return new JobStep(made, drains, ends);
    }
}
