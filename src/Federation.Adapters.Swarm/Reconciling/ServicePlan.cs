using Federation.Adapters.Planning;
using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;

namespace Federation.Adapters.Swarm.Reconciling;

/// <summary>
/// Carries the common plan over to services, one a revision. A swarm is told numbers and chooses the tasks itself, so a task is never ended by name: it is
/// taken out of traffic first, and when its drain is over its service is told to have one less. Which one the swarm then ends is foreseen, not ordered;
/// where it chooses another, that one has the stop grace alone to finish in, and the one that was drained serves again. Pure.
/// </summary>
internal static class ServicePlan
{
    /// <summary>Computes the step.</summary>
    /// <param name="order">The order; null if there is none any more.</param>
    /// <param name="services">The assignment's services.</param>
    /// <param name="leaving">Tasks that the swarm is ending already, and that may run still.</param>
    public static ServiceStep Compute(Assignment? order, IReadOnlyList<ServiceState> services, IReadOnlyList<(ReplicaId Id, TemplateRevision Revision)> leaving)
    {
        var planned = new List<PlannedReplica>();
        var serviceOf = new Dictionary<ReplicaId, ServiceState>();
        var taskOf = new Dictionary<ReplicaId, TaskState>();
        foreach (ServiceState service in services)
        {
            int surplus = Math.Max(0, service.Tasks.Count - service.Replicas);
            for (int i = 0; i < service.Tasks.Count; i++)
            {
                TaskState task = service.Tasks[i];
                planned.Add(new(task.Id, service.Revision, task.Alive, task.Ready, Retiring: i < surplus || task.Drain != DrainStage.None));
                serviceOf[task.Id] = service;
                taskOf[task.Id] = task;
            }
            // What the swarm has yet to make.
            for (int i = service.Tasks.Count; i < service.Replicas; i++)
            {
                var id = new ReplicaId($"{service.Id}-{i}");
                planned.Add(new(id, service.Revision, Alive: true, Ready: false, Retiring: false));
                serviceOf[id] = service;
            }
        }
        foreach ((ReplicaId id, TemplateRevision revision) in leaving) planned.Add(new(id, revision, Alive: true, Ready: false, Retiring: true));

        AssignmentPlan plan = order is null
            ? new AssignmentPlan(0, [.. planned.Where(static replica => !replica.Retiring).Select(static replica => replica.Id)])
            : AssignmentPlan.Compute(order, planned);

        var fewer = new Dictionary<string, int>(StringComparer.Ordinal);
        var drains = new List<ReplicaId>();
        var surrendered = new List<ReplicaId>();
        foreach (ReplicaId id in plan.Retirements)
        {
            if (!taskOf.TryGetValue(id, out TaskState? task)) Take(id);
            else if (task is { Ready: true, DrainSeconds: > 0 }) drains.Add(id);
            else Surrender(id);
        }
        foreach (TaskState task in taskOf.Values)
            if (task.Drain == DrainStage.Over) Surrender(task.Id);

        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (ServiceState service in services)
        {
            bool current = order is not null && service.Revision == order.Revision && order.State != AssignmentState.Withdrawn;
            int count = Math.Max(0, service.Replicas - fewer.GetValueOrDefault(service.Id)) + (current ? plan.Starts : 0);
            // An empty service is of no use: the revision gets a new one when it is wanted again.
            if (count != service.Replicas || count == 0) counts[service.Id] = count;
        }
        bool hasService = order is not null && services.Any(service => service.Revision == order.Revision);
        return new ServiceStep(counts, hasService ? 0 : plan.Starts, drains, surrendered);

        void Surrender(ReplicaId id)
        {
            surrendered.Add(id);
            Take(id);
        }

        void Take(ReplicaId id)
        {
            string service = serviceOf[id].Id;
            fewer[service] = fewer.GetValueOrDefault(service) + 1;
        }
    }
}
