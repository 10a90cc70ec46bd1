using Federation.Adapters.Swarm.Naming;
using Federation.Adapters.Swarm.Services;
using Federation.Engine.Swarm;

namespace Federation.Adapters.Swarm.Adopting;

/// <summary>A service that was not made by the plane and is a workload's now. Its containers bear no marks: whose they are is said by the service alone.</summary>
/// <param name="Owner">Whose it is.</param>
/// <param name="Form">How its tasks are reached and ended.</param>
/// <param name="Ingress">Its ports that every machine of the swarm opens.</param>
internal sealed record AdoptedService(TaskOwner Owner, ReplicaForm Form, IReadOnlyList<ServicePort> Ingress)
{
    /// <summary>Whether it has lost its marks since it was last seen, as by <c>docker stack deploy</c>: it is marked again, or let go.</summary>
    public bool IsUnmarked { get; init; }
}
