using Federation.Adapters.Node.Commands;
using Federation.Domain.Identifiers;

namespace Federation.Agent.Api;

/// <summary>Runs commands beside the replicas of this agent's target.</summary>
public interface IReplicaCommands
{
    /// <summary>Whether the replica has begun to run.</summary>
    bool HasBegun(ReplicaId replica);

    /// <summary>Runs a command beside a running replica; null if it does not run.</summary>
    /// <exception cref="IOException">It cannot be run there; the message says why.</exception>
    Task<IReplicaCommand?> RunCommandAsync(ReplicaId replica, IReadOnlyList<string> command, CommandTerminal? terminal, bool input, CancellationToken cancellationToken);
}
