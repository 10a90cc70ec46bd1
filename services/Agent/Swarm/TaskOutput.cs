using System.Runtime.CompilerServices;
using Federation.Adapters.Node.Logs;
using Federation.Adapters.Swarm;
using Federation.Adapters.Swarm.Reconciling;
using Federation.Agent.Logs;
using Federation.Domain.Identifiers;
using Federation.Engine.Containers;
using Federation.Engine.Streams;

namespace Federation.Agent.Swarm;

/// <summary>The output of a swarm's tasks, which a manager fetches from whichever machine they run on.</summary>
public sealed class TaskOutput(SwarmManagers managers, SwarmReconciler reconciler) : IReplicaOutput
{
    /// <inheritdoc/>
    public bool Knows(ReplicaId replica) => reconciler.Current.Replicas.Any(one => one.Id == replica);

    /// <inheritdoc/>
    public async IAsyncEnumerable<WrittenLine> ReadAsync(ReplicaId replica, LogQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // A task runs once: what ran before it in its slot is another replica.
        if (query.Previous) yield break;
        var request = new LogRequest { Follow = query.Follow, Tail = query.Tail, Since = query.Since, Timestamps = true };
        bool terminal = reconciler.HasTerminal(replica);
        var lines = new TaskLines(terminal);
        await foreach (OutputPiece piece in managers.Current.TaskLogsAsync(replica.Value, request, terminal, cancellationToken))
            foreach (WrittenLine line in lines.Take(piece.Content.Span)) yield return line;
        foreach (WrittenLine line in lines.End()) yield return line;
    }
}
