using Federation.Contracts.V1;
using Simulation.Tests.Engine;

namespace Simulation.Tests.Network;

/// <summary>The full sets that each host has sent to the process that it reports to now: what a listing from the past can be made of.</summary>
internal sealed class ToldSets
{
    private const int Kept = 12;

    private readonly Dictionary<string, (SimulatedProcess To, List<ObservationFullSet> Sets)> _sets = new(StringComparer.Ordinal);

    /// <summary>Takes a report in, and gives the sets that were told before it. Those that do not tell their age are none of them.</summary>
    public IReadOnlyList<ObservationFullSet> Note(string host, SimulatedProcess to, AgentReport report)
    {
        if (!_sets.TryGetValue(host, out (SimulatedProcess To, List<ObservationFullSet> Sets) told) || told.To != to) _sets[host] = told = (to, []);
        ObservationFullSet[] before = report.MessageCase is AgentReport.MessageOneofCase.Full or AgentReport.MessageOneofCase.Delta ? [.. told.Sets] : [];
        if (report.MessageCase == AgentReport.MessageOneofCase.Full && report.Full.SequenceSpansConnections)
        {
            told.Sets.Add(report.Full.Clone());
            if (told.Sets.Count > Kept) told.Sets.RemoveAt(0);
        }
        return before;
    }
}
