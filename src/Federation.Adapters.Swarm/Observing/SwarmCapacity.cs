using Federation.Domain.Quantities;
using Federation.Engine.Swarm;

namespace Federation.Adapters.Swarm.Observing;

/// <summary>What a swarm may take, by what its machines have and what is reserved on them. Pure.</summary>
/// <param name="Allocatable">What the machines that take tasks have together.</param>
/// <param name="Foreign">What tasks of others reserve on them.</param>
internal sealed record SwarmCapacity(ResourceAmount Allocatable, ResourceAmount Foreign)
{
    private const long NanosecondsPerMillicore = 1_000_000;

    /// <summary>Adds it up.</summary>
    public static SwarmCapacity Of(SwarmView view, Func<SwarmTask, bool> isOurs)
    {
        long cpu = 0, memory = 0, foreignCpu = 0, foreignMemory = 0;
        foreach (SwarmNode node in view.Nodes.Values)
        {
            if (!Takes(node)) continue;
            cpu += node.Description.Resources.NanoCpus;
            memory += node.Description.Resources.MemoryBytes;
        }
        foreach (SwarmTask task in view.Tasks)
        {
            if (task.HasEnded() || isOurs(task) || task.NodeId is not { } id || !view.Nodes.TryGetValue(id, out SwarmNode? node) || !Takes(node)) continue;
            foreignCpu += task.Spec.Resources?.Reservations?.NanoCpus ?? 0;
            foreignMemory += task.Spec.Resources?.Reservations?.MemoryBytes ?? 0;
        }
        return new SwarmCapacity(Amount(cpu, memory), Amount(foreignCpu, foreignMemory));
    }

    /// <summary>Whether a machine takes new tasks.</summary>
    public static bool Takes(SwarmNode node) => node is { Status.State: "ready", Spec.Availability: "active" };

    private static ResourceAmount Amount(long nanos, long bytes) => new(new CpuMillis(nanos / NanosecondsPerMillicore), new MemoryBytes(bytes));
}
