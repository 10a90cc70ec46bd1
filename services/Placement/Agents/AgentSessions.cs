using System.Collections.Concurrent;
using Federation.Domain.Identifiers;

namespace Federation.Placement.Agents;

/// <summary>The present stream of each node: a newer one ends the older.</summary>
public sealed class AgentSessions
{
    private readonly ConcurrentDictionary<NodeKey, CancellationTokenSource> _present = new();

    /// <summary>Runs a node's session as its present one.</summary>
    public async Task RunAsync(NodeKey node, Func<CancellationToken, Task> session, CancellationToken cancellationToken)
    {
        using var mine = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        CancellationTokenSource? older = null;
        _present.AddOrUpdate(node, mine, (_, present) =>
        {
            older = present;
            return mine;
        });
        try
        {
            if (older is not null) End(older);
            await session(mine.Token);
        }
        finally
        {
            _present.TryRemove(new KeyValuePair<NodeKey, CancellationTokenSource>(node, mine));
        }
    }

    private static void End(CancellationTokenSource older)
    {
        try
        {
            older.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The older session ended by itself in between.
        }
    }
}
