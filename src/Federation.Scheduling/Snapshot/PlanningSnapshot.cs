using Federation.Domain.Clusters;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Scheduling.Filters;

namespace Federation.Scheduling.Snapshot;

/// <summary>
/// The inputs by index: clusters in order of their names, slots in order of cluster and node. Built once for a plan and never copied, so that every
/// later step is array access and the order of the input lists cannot matter.
/// </summary>
internal sealed class PlanningSnapshot
{
    private readonly Dictionary<ClusterId, int> _clusterIndex = [];

    public PlanningSnapshot(DesiredState desired, ObservedState observed)
    {
        Clusters = IndexClusters(desired, observed);
        for (int c = 0; c < Clusters.Length; c++) _clusterIndex.Add(Clusters[c].Id, c);
        Slots = IndexSlots(observed);
        ClusterOf = new int[Slots.Length];
        for (int s = 0; s < Slots.Length; s++) ClusterOf[s] = Slots[s].Cluster;
        Salts = new ulong[Clusters.Length];
        FirstSlots = new int[Clusters.Length + 1];
        for (int c = 0; c < Clusters.Length; c++) (Salts[c], FirstSlots[c]) = (Clusters[c].Salt, Clusters[c].FirstSlot);
        FirstSlots[Clusters.Length] = Slots.Length;
        ReadCapacity(observed);
        ReadVerdicts(observed);
        ReadSettings();
        Labels = new LabelIndex(this);
        Conditions = new SlotConditions(this);
    }

    public ClusterEntry[] Clusters { get; }

    public SlotEntry[] Slots { get; }

    /// <summary>The cluster of every slot, beside <see cref="Slots"/> for loops over many.</summary>
    public int[] ClusterOf { get; }

    /// <summary>The salt of every cluster, beside <see cref="Clusters"/> for loops over many.</summary>
    public ulong[] Salts { get; }

    /// <summary>The first slot of every cluster, and the number of slots at the end.</summary>
    public int[] FirstSlots { get; }

    public LabelIndex Labels { get; }

    public SlotConditions Conditions { get; }

    /// <summary>The cluster's index, or -1.</summary>
    public int FindCluster(ClusterId id) => _clusterIndex.GetValueOrDefault(id, -1);

    /// <summary>The slot's index, or -1.</summary>
    public int FindSlot(int cluster, NodeId? node)
    {
        ClusterEntry entry = Clusters[cluster];
        int low = entry.FirstSlot, high = entry.FirstSlot + entry.SlotCount - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            int order = string.CompareOrdinal(Slots[middle].Node?.Value, node?.Value);
            if (order == 0) return middle;
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }
        return -1;
    }

    private static ClusterEntry[] IndexClusters(DesiredState desired, ObservedState observed)
    {
        var declared = new Dictionary<string, Cluster?>(StringComparer.Ordinal);
        for (int i = 0; i < desired.Clusters.Count; i++) declared.TryAdd(desired.Clusters[i].Metadata.Name, desired.Clusters[i]);
        for (int i = 0; i < observed.Assignments.Count; i++) declared.TryAdd(observed.Assignments[i].Cluster.Value, null);
        string[] names = [.. declared.Keys];
        Array.Sort(names, StringComparer.Ordinal);
        var entries = new ClusterEntry[names.Length];
        for (int c = 0; c < names.Length; c++)
            entries[c] = new ClusterEntry { Id = new ClusterId(names[c]), Declared = declared[names[c]], Salt = StableHash.Of(names[c]) };
        return entries;
    }

    private SlotEntry[] IndexSlots(ObservedState observed)
    {
        var names = new List<string?>[Clusters.Length];
        for (int c = 0; c < Clusters.Length; c++)
        {
            names[c] = [];
            if (Clusters[c] is { Declared: not null, Native: false }) names[c].Add(null);
        }
        for (int i = 0; i < observed.Nodes.Count; i++)
        {
            int c = FindCluster(observed.Nodes[i].Cluster);
            if (c >= 0 && Clusters[c].Native) names[c].Add(observed.Nodes[i].Node.Value);
        }
        for (int i = 0; i < observed.Verdicts.Count; i++)
        {
            int c = FindCluster(observed.Verdicts[i].Cluster);
            if (c >= 0 && Clusters[c].Native && observed.Verdicts[i].Node is { } node) names[c].Add(node.Value);
        }
        for (int i = 0; i < observed.Assignments.Count; i++) names[FindCluster(observed.Assignments[i].Cluster)].Add(observed.Assignments[i].Node?.Value);

        var slots = new List<SlotEntry>();
        for (int c = 0; c < Clusters.Length; c++)
        {
            ClusterEntry cluster = Clusters[c];
            cluster.FirstSlot = slots.Count;
            names[c].Sort(string.CompareOrdinal);
            for (int i = 0; i < names[c].Count; i++)
            {
                string? node = names[c][i];
                if (i > 0 && node == names[c][i - 1]) continue;
                string text = node is null ? cluster.Id.Value : $"{cluster.Id}/{node}";
                slots.Add(new SlotEntry
                {
                    Cluster = c,
                    Node = node is null ? null : new NodeId(node),
                    Text = text,
                    Salt = StableHash.Of(text),
                    WellFormed = cluster.Declared is not null && cluster.Native == node is not null,
                });
            }
            cluster.SlotCount = slots.Count - cluster.FirstSlot;
        }
        return [.. slots];
    }

    private void ReadCapacity(ObservedState observed)
    {
        for (int i = 0; i < observed.Nodes.Count; i++)
        {
            NodeObservation node = observed.Nodes[i];
            int c = FindCluster(node.Cluster);
            if (c < 0) continue;
            Capabilities capabilities = CapabilityNames.Read(node.Capabilities);
            if (Clusters[c].Declared is null)
            {
                // Nothing new comes there, but whether a holder there can fence itself is still asked.
                if (FindSlot(c, node.Node) is >= 0 and var left) Slots[left].Capabilities = capabilities;
                continue;
            }
            SlotEntry slot = Slots[FindSlot(c, Clusters[c].Native ? node.Node : null)];
            // A cluster that is driven as a whole can do what all of its nodes can: its own scheduler chooses among them.
            slot.Capabilities = slot.Observed ? slot.Capabilities & capabilities : capabilities;
            slot.Observed = true;
            slot.Allocatable += node.Allocatable;
            slot.Foreign += node.Foreign;
            for (int m = 0; m < node.Machines.Count; m++) (slot.Machines ??= [])[node.Machines[m].Assignment] = node.Machines[m].Count;
        }
    }

    private void ReadVerdicts(ObservedState observed)
    {
        var whole = new Verdict?[Clusters.Length];
        var ofSlot = new Verdict?[Slots.Length];
        var bestOfNodes = new Verdict?[Clusters.Length];
        for (int i = 0; i < observed.Verdicts.Count; i++)
        {
            Verdict verdict = observed.Verdicts[i];
            int c = FindCluster(verdict.Cluster);
            if (c < 0) continue;
            if (verdict.Node is null) whole[c] = verdict;
            else if (FindSlot(c, verdict.Node) is >= 0 and var s) ofSlot[s] = verdict;
            if (verdict.Node is not null && IsBetter(verdict, bestOfNodes[c])) bestOfNodes[c] = verdict;
        }
        for (int s = 0; s < Slots.Length; s++)
        {
            SlotEntry slot = Slots[s];
            // The nodes of a native cluster fail one by one, so a node's own verdict goes before the cluster's.
            Verdict? verdict = slot.Node is not null ? ofSlot[s] ?? whole[slot.Cluster] : whole[slot.Cluster] ?? bestOfNodes[slot.Cluster];
            if (verdict is null) continue;
            slot.Verdict = verdict.State;
            slot.VerdictReason = verdict.Reason;
            slot.LeaseEnded = verdict.LeaseEnded;
        }
    }

    // A place that a person gave up for lost takes nothing, and what comes back with it leaves, until that is taken back.
    private void ReadSettings()
    {
        foreach (SlotEntry slot in Slots)
        {
            if (Clusters[slot.Cluster].Declared is not { Spec: var spec }) continue;
            NodeSetting? node = slot.Node is { } name ? spec.NodeSetting(name.Value) : null;
            slot.ConfirmedLost = spec.ConfirmedLost || node is { ConfirmedLost: true };
            slot.Draining = spec.Draining || node is { Draining: true } || slot.ConfirmedLost;
            slot.Cordoned = slot.Draining || spec.Cordoned || node is { Cordoned: true };
        }
    }

    private static bool IsBetter(Verdict verdict, Verdict? than)
    {
        if (than is null) return true;
        int order = Rank(verdict.State) - Rank(than.State);
        return order != 0 ? order < 0 : string.CompareOrdinal(verdict.Node!.Value.Value, than.Node!.Value.Value) < 0;
    }

    private static int Rank(VerdictState state) => state switch
    {
        VerdictState.Ready or VerdictState.Cordoned or VerdictState.Draining => 0,
        VerdictState.Suspect => 1,
        VerdictState.Unknown => 2,
        VerdictState.Unreachable => 3,
        _ => 4,
    };
}
