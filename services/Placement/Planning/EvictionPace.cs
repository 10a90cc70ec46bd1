using System.Globalization;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;

namespace Federation.Placement.Planning;

/// <summary>
/// How fast work leaves what is lost. The loss of one cluster, however large, is what the others are held ready for: its work leaves as it is due. When
/// more than half of all nodes are lost, in several clusters, it is likelier that something is wrong with us or with what all of them share; work
/// then leaves slowly, so that a false alarm has moved little when it ends. When nothing is left nothing leaves.
/// </summary>
/// <param name="PerSecond">Workloads that may leave in a second; null: as many as are due.</param>
/// <param name="Lost">Nodes that are lost.</param>
/// <param name="Known">Nodes that are known.</param>
public sealed record EvictionPace(double? PerSecond, int Lost, int Known)
{
    /// <summary>The share of all workloads that may leave in a second when work leaves slowly.</summary>
    public const double Slow = 0.1;

    /// <summary>Why work leaves slowly or not at all, for a person; null where it leaves as it is due.</summary>
    public string? Reason => PerSecond switch
    {
        null => null,
        0 => string.Create(CultureInfo.InvariantCulture, $"all {Known} nodes are lost, so nothing leaves"),
        { } rate => string.Create(CultureInfo.InvariantCulture, $"{Lost} of {Known} nodes are lost, in several clusters, so {rate:0.#} workloads leave in a second"),
    };

    /// <summary>The pace by what is lost now.</summary>
    /// <param name="verdicts">Health's judgements; a cluster without judged nodes counts as one.</param>
    /// <param name="workloads">How many workloads there are.</param>
    public static EvictionPace Of(IEnumerable<Verdict> verdicts, int workloads)
    {
        int lost = 0, known = 0;
        var clusters = new HashSet<ClusterId>();
        foreach (IGrouping<ClusterId, Verdict> cluster in verdicts.GroupBy(static verdict => verdict.Cluster))
        {
            Verdict[] nodes = [.. cluster.Where(static verdict => verdict.Node is not null)];
            if (nodes.Length == 0) nodes = [.. cluster];
            known += nodes.Length;
            int gone = nodes.Count(static verdict => verdict.State.IsLost());
            lost += gone;
            if (gone > 0) clusters.Add(cluster.Key);
        }
        if (lost > 0 && lost == known) return new(0, lost, known);
        bool slowly = clusters.Count > 1 && 2 * lost > known;
        return new(slowly ? Math.Max(1, workloads * Slow) : null, lost, known);
    }
}
