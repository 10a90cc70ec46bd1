using System.Globalization;
using Federation.Adapters.Planning;
using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;

namespace Federation.Adapters.Kubernetes.Reconciling;

/// <summary>A pod, as the plan needs it.</summary>
internal sealed record PodTurn(ReplicaId Id, bool Alive, bool Ready, DrainStage Drain, int DrainSeconds);

/// <summary>A Deployment of an Assignment, with the pods that it has and wants, in the order in which the cluster would end them.</summary>
internal sealed record DeploymentTurn(string Name, TemplateRevision Revision, int Replicas, IReadOnlyList<PodTurn> Pods);

/// <summary>The next step: the numbers that change (0 removes), what a Deployment that is not there begins with, and who leaves traffic or has left it.</summary>
internal sealed record DeploymentStep(IReadOnlyDictionary<string, int> Counts, int Starts, IReadOnlyList<ReplicaId> Drains, IReadOnlyList<ReplicaId> Surrendered)
{
    /// <summary>Nothing changes.</summary>
    public static DeploymentStep None { get; } = new(new Dictionary<string, int>(), 0, [], []);
}

/// <summary>
/// Carries the common plan over to Deployments, one a revision. A Deployment is told a number and its cluster chooses the pods: one is taken out of traffic first,
/// and when its drain is over it is marked as the cheapest to end and the number is lowered. Where the cluster chooses another all the same, that one has its grace
/// to finish in, and the one that was drained serves again. Pure.
/// </summary>
internal static class DeploymentPlan
{
    /// <summary>Computes the step.</summary>
    /// <param name="order">The order; null if there is none any more.</param>
    /// <param name="deployments">The assignment's Deployments.</param>
    /// <param name="leaving">Pods that the cluster is ending already, and that may run still.</param>
    public static DeploymentStep Compute(Assignment? order, IReadOnlyList<DeploymentTurn> deployments, IReadOnlyList<(ReplicaId Id, TemplateRevision Revision)> leaving)
    {
        var planned = new List<PlannedReplica>();
        var deploymentOf = new Dictionary<ReplicaId, DeploymentTurn>();
        var podOf = new Dictionary<ReplicaId, PodTurn>();
        foreach (DeploymentTurn deployment in deployments)
        {
            int surplus = Math.Max(0, deployment.Pods.Count - deployment.Replicas);
            for (int i = 0; i < deployment.Pods.Count; i++)
            {
                PodTurn pod = deployment.Pods[i];
                planned.Add(new(pod.Id, deployment.Revision, pod.Alive, pod.Ready, Retiring: i < surplus || pod.Drain != DrainStage.None));
                deploymentOf[pod.Id] = deployment;
                podOf[pod.Id] = pod;
            }
            // What the cluster has yet to make.
            for (int i = deployment.Pods.Count; i < deployment.Replicas; i++)
            {
                var id = new ReplicaId(string.Create(CultureInfo.InvariantCulture, $"{deployment.Name}-{i}"));
                planned.Add(new(id, deployment.Revision, Alive: true, Ready: false, Retiring: false));
                deploymentOf[id] = deployment;
            }
        }
        foreach ((ReplicaId id, TemplateRevision revision) in leaving) planned.Add(new(id, revision, Alive: true, Ready: false, Retiring: true));
        AssignmentPlan plan = order is null
            ? new AssignmentPlan(0, [.. planned.Where(static replica => !replica.Retiring).Select(static replica => replica.Id)])
            : AssignmentPlan.Compute(order, planned);

        var fewer = new Dictionary<string, int>(StringComparer.Ordinal);
        List<ReplicaId> drains = [], surrendered = [];
        foreach (ReplicaId id in plan.Retirements)
        {
            if (!podOf.TryGetValue(id, out PodTurn? pod)) Take(id);
            else if (pod is { Ready: true, DrainSeconds: > 0 }) drains.Add(id);
            else Surrender(id);
        }
        foreach (PodTurn pod in podOf.Values)
            if (pod.Drain == DrainStage.Over) Surrender(pod.Id);
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (DeploymentTurn deployment in deployments)
        {
            bool current = order is not null && deployment.Revision == order.Revision && order.State != AssignmentState.Withdrawn;
            int count = Math.Max(0, deployment.Replicas - fewer.GetValueOrDefault(deployment.Name)) + (current ? plan.Starts : 0);
            // An empty one is of no use: the revision gets a new one when it is wanted again.
            if (count != deployment.Replicas || count == 0) counts[deployment.Name] = count;
        }
        bool hasOwn = order is not null && deployments.Any(deployment => deployment.Revision == order.Revision);
        return new DeploymentStep(counts, hasOwn ? 0 : plan.Starts, drains, surrendered);

        void Surrender(ReplicaId id)
        {
            surrendered.Add(id);
            Take(id);
        }

        void Take(ReplicaId id)
        {
            string name = deploymentOf[id].Name;
            fewer[name] = fewer.GetValueOrDefault(name) + 1;
        }
    }
}
