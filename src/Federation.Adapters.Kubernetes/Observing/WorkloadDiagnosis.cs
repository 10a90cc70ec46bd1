using Federation.Adapters.Kubernetes.Client.Resources;

namespace Federation.Adapters.Kubernetes.Observing;

/// <summary>Says what holds a Deployment, ReplicaSet, StatefulSet or CronJob where no pod can say it, for it is not there. Pure.</summary>
internal static class WorkloadDiagnosis
{
    /// <summary>In one sentence; null where nothing is wrong. A status of an older generation says nothing.</summary>
    public static string? Of(ReplicatedObject item)
    {
        if (RefusalOf(item) is { } refusal) return refusal;
        Condition? progressing = item.Status.ObservedGeneration < (item.Metadata.Generation ?? 0) ? null : (item.Status.Conditions ?? []).FirstOrDefault(static condition => condition.Type == "Progressing");
        return progressing is { Status: "False", Reason: "ProgressDeadlineExceeded" } ? "its rollout makes no progress within its deadline" : null;
    }

    /// <summary>Why the cluster makes no pods, or no more of them, as its conditions say; null where it does. A StatefulSet has no such conditions.</summary>
    public static string? RefusalOf(ReplicatedObject item) =>
        item.Status.ObservedGeneration >= (item.Metadata.Generation ?? 0) && (item.Status.Conditions ?? []).FirstOrDefault(static condition => condition is { Type: "ReplicaFailure", Status: "True" }) is { } failure
            ? Refused(Words.Of(failure.Message) ?? failure.Reason, "its pods")
            : null;

    /// <summary>That the cluster refuses to make something, by what a condition or an event says of it.</summary>
    /// <param name="words">What is said.</param>
    /// <param name="what">What is refused, as a person calls it.</param>
    public static string Refused(string? words, string what)
    {
        string why = Words.Of(Reason(words)) ?? "it does not say why";
        return why.Contains("exceeded quota", StringComparison.Ordinal) || why.Contains("failed quota", StringComparison.Ordinal)
            ? $"the cluster's quota does not allow {what}: {why}"
            : $"the cluster refuses {what}: {why}";
    }

    /// <summary>The pod of a StatefulSet that an event about the set is about; null where it names none.</summary>
    public static string? PodIn(string words, string set)
    {
        string before = $"Pod {set}-";
        int at = words.IndexOf(before, StringComparison.Ordinal);
        if (at < 0) return null;
        int from = at + before.Length, to = from;
        while (to < words.Length && char.IsAsciiDigit(words[to])) to++;
        return to > from ? words[(at + "Pod ".Length)..to] : null;
    }

    // Who tries to make it, and how often, is no matter of the reader's: "create Pod web-2 in StatefulSet web failed error: WHY", "Error creating: WHY".
    private static string? Reason(string? words)
    {
        foreach (string before in new[] { " failed error: ", "Error creating: ", "Error creating job: " })
            if (words?.IndexOf(before, StringComparison.Ordinal) is >= 0 and var at) return words[(at + before.Length)..];
        return words;
    }
}
