using Federation.Adapters.Node.Commands;
using Federation.Adapters.Node.Containers;
using Federation.Adapters.Swarm;
using Federation.Adapters.Swarm.Reconciling;
using Federation.Agent.Api;
using Federation.Domain.Identifiers;
using Federation.Engine;

namespace Federation.Agent.Swarm;

/// <summary>
/// Commands inside a swarm's tasks. A manager tells of tasks on every machine, but an engine runs commands in its own containers alone: those on the machines
/// of the managers that this agent knows are reached, the others are not.
/// </summary>
public sealed class TaskCommands(SwarmManagers managers, SwarmReconciler reconciler, TimeProvider time) : IReplicaCommands
{
    /// <inheritdoc/>
    public bool HasBegun(ReplicaId replica) => reconciler.PlaceOf(replica) is not null;

    /// <inheritdoc/>
    public async Task<IReplicaCommand?> RunCommandAsync(ReplicaId replica, IReadOnlyList<string> command, CommandTerminal? terminal, bool input, CancellationToken cancellationToken)
    {
        if (reconciler.PlaceOf(replica) is not { } place) return null;
        foreach (EngineClient manager in managers.All)
        {
            if (await MachineOfAsync(manager, cancellationToken) == place.MachineId)
                return await ContainerExec.BeginAsync(manager, place.Container, command, terminal, input, time, cancellationToken);
        }
        throw new IOException($"it runs on {place.Machine}, which is none of the managers that this agent asks, and a swarm carries no commands to other machines: on {place.Machine}, docker exec {place.Container[..12]} does it");
    }

    private static async Task<string?> MachineOfAsync(EngineClient manager, CancellationToken cancellationToken)
    {
        try
        {
            return (await manager.InfoAsync(cancellationToken)).Swarm?.NodeId;
        }
        catch (EngineException)
        {
            // It is away: then it can run nothing either.
            return null;
        }
    }
}
