using System.Diagnostics.Metrics;
using Federation.Health.Verdicts;

namespace Federation.Health.Service.Loops;

/// <summary>Changes of verdicts, on the meter <c>Federation.Health</c>.</summary>
public static class VerdictMetrics
{
    private static readonly Meter Meter = new("Federation.Health");
    private static readonly Counter<long> Changes = Meter.CreateCounter<long>("federation.verdict.changes", "{change}", "Verdicts that changed their state, by subject and new state; node is empty for the whole cluster.");

    /// <summary>Counts what changed its state.</summary>
    public static void Changed(IReadOnlyList<VerdictChange> changes)
    {
        foreach (VerdictChange change in changes)
        {
            if (change.After is { } after && after.State != change.Before?.State)
                Changes.Add(1, new("cluster", after.Cluster.Value), new("node", after.Node?.Value ?? ""), new("state", after.State.ToString()));
        }
    }
}
