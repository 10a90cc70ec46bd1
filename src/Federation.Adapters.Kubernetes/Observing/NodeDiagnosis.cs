using Federation.Adapters.Kubernetes.Client.Resources;

namespace Federation.Adapters.Kubernetes.Observing;

/// <summary>Whether a node is there and takes pods. Pure.</summary>
internal static class NodeDiagnosis
{
    /// <summary>Why a node takes none of our pods, which tolerate nothing; null if it does.</summary>
    public static string? Refusal(Node node)
    {
        if (Loss(node) is { } lost) return lost;
        if (node.Spec.Unschedulable) return $"the node {node.Metadata.Name} is cordoned";
        Taint? taint = (node.Spec.Taints ?? []).FirstOrDefault(static taint => taint.Effect is "NoSchedule" or "NoExecute");
        return taint is null ? null : $"the node {node.Metadata.Name} has the taint {taint.Key}{(taint.Value is { Length: > 0 } value ? "=" + value : "")}:{taint.Effect}";
    }

    /// <summary>Why nothing that is told of a node's pods can be believed; null while it is heard.</summary>
    public static string? Loss(Node node)
    {
        Condition? ready = (node.Status.Conditions ?? []).FirstOrDefault(static condition => condition.Type == "Ready");
        return ready switch
        {
            { Status: "True" } => null,
            { Status: "Unknown" } => $"the node {node.Metadata.Name} is not heard: {Words.Of(ready.Message) ?? "its kubelet stopped posting"}",
            null => $"the node {node.Metadata.Name} has not said whether it is ready",
            _ => $"the node {node.Metadata.Name} is not ready: {Words.Of(ready.Message) ?? ready.Reason ?? "it does not say why"}",
        };
    }
}
