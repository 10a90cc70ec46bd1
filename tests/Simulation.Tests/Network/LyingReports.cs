using Federation.Contracts.V1;
using Federation.Domain.Chance;

namespace Simulation.Tests.Network;

/// <summary>
/// What a cluster tells whose listing fails half-way: sets that lack some or all of what they announce, changes that are left out or come twice, and
/// whole sets of the past. Proofs of life are as ever, so that nothing but the content gives it away.
/// </summary>
internal static class LyingReports
{
    public static IEnumerable<AgentReport> InPlaceOf(AgentReport report, IReadOnlyList<ObservationFullSet> before, IChance chance)
    {
        bool again = before.Count > 0 && chance.Next(3) == 0;
        switch (report.MessageCase)
        {
            case AgentReport.MessageOneofCase.Full when again:
                return [Again(before, chance)];
            case AgentReport.MessageOneofCase.Full when report.Full.ReplicasJson.Count > 0:
                int kept = chance.Next(2) == 0 ? 0 : chance.Next(report.Full.ReplicasJson.Count);
                while (report.Full.ReplicasJson.Count > kept) report.Full.ReplicasJson.RemoveAt(chance.Next(report.Full.ReplicasJson.Count));
                return [report];
            case AgentReport.MessageOneofCase.Delta when again:
                return [report, Again(before, chance)];
            case AgentReport.MessageOneofCase.Delta:
                return chance.Next(3) switch { 0 => [], 1 => [report, report], _ => [report] };
            default:
                return [report];
        }
    }

    private static AgentReport Again(IReadOnlyList<ObservationFullSet> before, IChance chance) => new() { Full = before[chance.Next(before.Count)].Clone() };
}
