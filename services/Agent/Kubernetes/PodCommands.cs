using Federation.Adapters.Kubernetes.Reaching;
using Federation.Adapters.Kubernetes.Reconciling;
using Federation.Adapters.Node.Commands;
using Federation.Agent.Api;
using Federation.Domain.Identifiers;

namespace Federation.Agent.Kubernetes;

/// <summary>Commands inside a cluster's pods, which its API server carries to their nodes.</summary>
public sealed class PodCommands(KubernetesReconciler reconciler) : IReplicaCommands
{
    /// <inheritdoc/>
    public bool HasBegun(ReplicaId replica) => reconciler.PlaceOf(replica) is not null;

    /// <inheritdoc/>
    public async Task<IReplicaCommand?> RunCommandAsync(ReplicaId replica, IReadOnlyList<string> command, CommandTerminal? terminal, bool input, CancellationToken cancellationToken)
    {
        if (await reconciler.RunCommandAsync(replica, command, terminal is not null, input, cancellationToken) is not { } running) return null;
        if (terminal is { Columns: { } columns, Rows: { } rows }) await running.ResizeAsync(columns, rows, cancellationToken);
        return new Running(running);
    }

    private sealed class Running(PodCommand command) : IReplicaCommand
    {
        public Task CopyOutputAsync(Func<bool, ReadOnlyMemory<byte>, CancellationToken, ValueTask> write, CancellationToken cancellationToken) => command.CopyOutputAsync(write, cancellationToken);

        public Task WriteAsync(ReadOnlyMemory<byte> input, CancellationToken cancellationToken) => command.WriteAsync(input, cancellationToken);

        public Task EndInputAsync(CancellationToken cancellationToken) => command.EndInputAsync(cancellationToken);

        public Task ResizeAsync(int columns, int rows, CancellationToken cancellationToken) => command.ResizeAsync(columns, rows, cancellationToken);

        public Task EndAsync() => command.EndAsync();

        public Task<int> WaitAsync(CancellationToken cancellationToken) => command.WaitAsync(cancellationToken);

        public ValueTask DisposeAsync() => command.DisposeAsync();
    }
}
