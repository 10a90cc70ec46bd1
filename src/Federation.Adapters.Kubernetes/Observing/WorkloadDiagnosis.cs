using Federation.Adapters.Kubernetes.Client.Resources;

namespace Federation.Adapters.Kubernetes.Observing;

/// <summary>Says what holds a Deployment or ReplicaSet where no pod can say it, for it is not there. Pure.</summary>
internal static class WorkloadDiagnosis
{
    /// <summary>In one sentence; null where nothing is wrong. A status of an older generation says nothing.</summary>
    public static string? Of(ReplicatedObject item)
    {
        if (item.Status.ObservedGeneration < (item.Metadata.Generation ?? 0)) return null;
        foreach (Condition condition in item.Status.Conditions ?? [])
        {
            if (condition is { Type: "ReplicaFailure", Status: "True" })
            {
                string why = Words.Of(condition.Message) ?? condition.Reason ?? "it does not say why";
                return why.Contains("exceeded quota", StringComparison.Ordinal) || why.Contains("failed quota", StringComparison.Ordinal)
                    ? $"the cluster's quota does not allow its pods: {why}"
                    : $"the cluster refuses its pods: {why}";
            }
        }
        Condition? progressing = (item.Status.Conditions ?? []).FirstOrDefault(static condition => condition.Type == "Progressing");
        return progressing is { Status: "False", Reason: "ProgressDeadlineExceeded" } ? "its rollout makes no progress within its deadline" : null;
    }
}
