using Federation.Scheduling.Classes;

namespace Federation.Scheduling.Division;

/// <summary>
/// Dynamic division of a new workload with few replicas over many clusters: where nobody is due a whole replica, the best scores get one each. The
/// answer is that of <see cref="ProportionalDivision"/>; only rows that could win are looked at again.
/// </summary>
internal sealed class FewReplicas(int capacity)
{
    private readonly int[] _heap = new int[capacity];

    /// <summary>Puts the answer into the sheet; false if the case is another one and nothing was done.</summary>
    public bool TryDivide(PlacementContext context, NodeDivision nodes)
    {
        CandidateTable table = context.Table;
        int wanted = context.Desired;
        if (!table.OneTier || wanted >= table.Count || !table.NoRowIsDueOne(context.Ledger, context.Class.Unit, wanted)) return false;
        Span<int> chosen = _heap.AsSpan(0, wanted);
        var order = new ByBound(table, context.Seed);
        long[] score = table.Score;
        long worst = long.MinValue;
        int filled = 0;
        for (int i = 0; i < table.Count; i++)
        {
            // A score only falls, so that one that was too low is too low.
            if (score[i] < worst) continue;
            table.RefreshRow(i, context.Ledger, context.Class.Unit);
            if (table.Room[i] <= 0 || score[i] < worst) continue;
            if (filled < wanted)
            {
                chosen[filled++] = i;
                if (filled < wanted) continue;
                BestRows.Heapify(chosen, order);
            }
            else if (order.Better(i, chosen[0]))
            {
                chosen[0] = i;
                BestRows.SiftDown(chosen, 0, order);
            }
            worst = score[chosen[0]];
        }
        foreach (int row in chosen) nodes.Divide(context, table.Clusters[row], 1);
        return true;
    }

    private readonly struct ByBound(CandidateTable table, ulong seed) : IRowOrder
    {
        public bool Better(int a, int b)
        {
            if (table.Score[a] != table.Score[b]) return table.Score[a] > table.Score[b];
            ulong x = Snapshot.StableHash.Mix(seed, table.Salt[a]), y = Snapshot.StableHash.Mix(seed, table.Salt[b]);
            return x != y ? x > y : a < b;
        }
    }
}
