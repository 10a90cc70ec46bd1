using Federation.Adapters.Node.Commands;
using Federation.Adapters.Node.Hosting;
using Federation.Agent.Api;
using Federation.Domain.Identifiers;

namespace Federation.Agent.Node;

/// <summary>Commands beside a node's replicas.</summary>
public sealed class NodeCommands(NodeReplicaHost host) : IReplicaCommands
{
    /// <inheritdoc/>
    public bool HasBegun(ReplicaId replica) => host.HasBegun(replica);

    /// <inheritdoc/>
    public Task<IReplicaCommand?> RunCommandAsync(ReplicaId replica, IReadOnlyList<string> command, CommandTerminal? terminal, bool input, CancellationToken cancellationToken) =>
        host.RunCommandAsync(replica, command, terminal, input, cancellationToken);
}
