using System.Globalization;
using Federation.Adapters.Kubernetes.Client.Resources;
using Federation.Domain.Observation;

namespace Federation.Adapters.Kubernetes.Observing;

/// <summary>
/// Says what a Job of one pod means: whether it is over by its conditions alone, and until then what its newest pod says. Pods go (with their node, or when a limit is
/// reached), so how one ended is remembered. Pure.
/// </summary>
internal static class JobDiagnosis
{
    /// <summary>Judges a Job.</summary>
    /// <param name="job">As it is.</param>
    /// <param name="pod">Its newest pod; null if it has none.</param>
    /// <param name="state">What that pod means.</param>
    /// <param name="lastEnd">How a pod of it ended last, as far as it was seen.</param>
    /// <param name="warning">What the last warning about the Job said, for what only events tell: quota, refusals.</param>
    /// <param name="awaited">Whether its pod may yet be seen to end: Jobs and pods are told apart, and the one may be seen before the other.</param>
    public static PodState Of(Job job, Pod? pod, PodState? state, string? lastEnd, string? warning, bool awaited)
    {
        int ends = job.Status.Failed + (state?.Restarts ?? 0);
        bool complete = ConditionOf(job, "Complete") is not null;
        // A restart follows an end: the last one of a Job that failed, or has no pod that goes on, has none.
        int restarts = complete || (FailureOf(job) is null && pod is { Status.Phase: not "Failed" }) ? ends : Math.Max(0, ends - 1);
        PodState Judged(ReplicaState now, string? message, bool? succeeded = null, string? end = null) => new(now, message, end ?? lastEnd, restarts, succeeded);

        if (complete) return Judged(ReplicaState.Ended, null, succeeded: true, pod is { Status.Phase: "Succeeded" } && state?.LastEnd is { } end ? end : "exit code 0");
        if (FailureOf(job) is { } failed)
            return awaited && lastEnd is null && failed.Reason == "BackoffLimitExceeded"
                ? Judged(ReplicaState.Stopping, "has failed, and how is yet to be seen")
                : Judged(ReplicaState.Ended, null, succeeded: false, Failure(failed, lastEnd, ends));
        if (job.Metadata.DeletionTimestamp is not null) return Judged(ReplicaState.Stopping, state is { State: ReplicaState.Stopping, Message: { } why } ? why : "is ending");
        if (pod is null)
        {
            if (job.Spec.Suspend) return Judged(ReplicaState.Starting, "is suspended, as its Job says");
            if (job.Status.Failed > 0) return Judged(ReplicaState.BackOff, Again(lastEnd));
            return Judged(ReplicaState.Starting, warning is not null ? WorkloadDiagnosis.Refused(warning, "its pod") : "waits for its pod");
        }
        return pod.Status.Phase switch
        {
            "Succeeded" => Judged(ReplicaState.Stopping, "has ended, which its Job has yet to say"),
            "Failed" => Judged(ReplicaState.BackOff, Again(lastEnd)),
            _ => state! with { Restarts = restarts, LastEnd = state.LastEnd ?? lastEnd },
        };
    }

    /// <summary>That it has failed for good; null if it has not.</summary>
    public static Condition? FailureOf(Job job) => ConditionOf(job, "Failed");

    private static string Again(string? end) => $"its pod has failed{(end is null ? "" : $" ({end})")}; the cluster makes another one";

    private static string Failure(Condition failed, string? lastEnd, int starts)
    {
        string? why = Words.Of(failed.Message);
        return failed.Reason switch
        {
            "BackoffLimitExceeded" when lastEnd is not null => starts > 1 ? string.Create(CultureInfo.InvariantCulture, $"{lastEnd}, the last of {starts} starts") : lastEnd,
            "BackoffLimitExceeded" => "it failed as often as its limit allows",
            "DeadlineExceeded" => "ended: it ran longer than its deadline allows",
            "PodFailurePolicy" => $"its failure policy ends it{(why is null ? "" : $": {why}")}",
            _ => $"failed{(failed.Reason is { Length: > 0 } reason ? $" ({reason})" : "")}{(why is null ? "" : $": {why}")}",
        };
    }

    private static Condition? ConditionOf(Job job, string type) => (job.Status.Conditions ?? []).FirstOrDefault(condition => condition.Type == type && condition.Status == "True");
}
