using Federation.Adapters.Kubernetes.Client.Resources;
using Federation.Domain.Quantities;

namespace Federation.Adapters.Kubernetes.Observing;

/// <summary>What a cluster may take, by what its nodes have and what pods ask for on them. Pure.</summary>
/// <param name="Allocatable">What the nodes that take our pods have together.</param>
/// <param name="Foreign">What pods of others ask for on them: of systems and daemons too.</param>
internal sealed record ClusterCapacity(ResourceAmount Allocatable, ResourceAmount Foreign)
{
    /// <summary>Adds it up.</summary>
    public static ClusterCapacity Of(IEnumerable<Node> nodes, IEnumerable<SeenPod> pods, Func<Pod, bool> isOurs)
    {
        ResourceAmount allocatable = default, foreign = default;
        var taking = new HashSet<string>(StringComparer.Ordinal);
        foreach (Node node in nodes)
        {
            if (NodeDiagnosis.Refusal(node) is not null) continue;
            taking.Add(node.Metadata.Name);
            allocatable = PodNeeds.Sum(allocatable, Quantity.Amount(node.Status.Allocatable, up: false));
        }
        foreach ((Pod pod, ResourceAmount needs) in pods)
            if (PodNeeds.Holds(pod) && taking.Contains(pod.Spec.NodeName!) && !isOurs(pod)) foreign = PodNeeds.Sum(foreign, needs);
        return new ClusterCapacity(allocatable, foreign);
    }
}
