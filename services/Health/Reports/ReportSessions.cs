using Federation.Domain.Identifiers;

namespace Federation.Health.Service.Reports;

/// <summary>The present report stream of each node. A newer one ends the older, and begins when that has ended, so that their reports never mix. Thread-safe.</summary>
/// <param name="desk">Told when a node's last stream has ended.</param>
public sealed class ReportSessions(ObservationDesk desk)
{
    private readonly object _gate = new();
    private readonly Dictionary<NodeKey, Present> _present = [];

    /// <summary>Runs a node's session as its present one.</summary>
    /// <param name="node">The node.</param>
    /// <param name="session">The session; returns how it ended, for a person.</param>
    /// <param name="cancellationToken">Ends the session.</param>
    public async Task RunAsync(NodeKey node, Func<CancellationToken, Task<string>> session, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var mine = new Present(ending);
        Present? older;
        lock (_gate)
        {
            _present.TryGetValue(node, out older);
            _present[node] = mine;
            older?.End();
        }
        string reason = "its stream was given up";
        try
        {
            if (older is not null) await older.Ended.Task;
            desk.StreamBegan(node);
            reason = await session(ending.Token);
        }
        finally
        {
            bool last;
            lock (_gate)
            {
                mine.Over = true;
                last = _present.TryGetValue(node, out Present? present) && present == mine;
                if (last) _present.Remove(node);
            }
            mine.Ended.TrySetResult();
            if (last) desk.StreamEnded(node, reason);
        }
    }

    private sealed class Present(CancellationTokenSource ending)
    {
        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool Over { get; set; }

        // Under the lock, as Over is: the source lives for as long as the session is not over.
        public void End()
        {
            if (!Over) ending.Cancel();
        }
    }
}
