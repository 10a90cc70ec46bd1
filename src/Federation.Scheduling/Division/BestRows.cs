namespace Federation.Scheduling.Division;

/// <summary>An order of rows.</summary>
internal interface IRowOrder
{
    /// <summary>Whether <paramref name="a"/> is chosen before <paramref name="b"/>; total, so that no choice depends on anything else.</summary>
    bool Better(int a, int b);
}

/// <summary>Rows by score, then by the workload's own tie.</summary>
internal readonly struct ByScore(DivisionRows rows) : IRowOrder
{
    public bool Better(int a, int b) => rows.Better(a, b);
}

/// <summary>Chooses the best few of many rows: one pass over a heap of the chosen that has the worst at its root.</summary>
internal static class BestRows
{
    /// <summary>Puts the best rows first, in no particular order, and returns how many they are.</summary>
    public static int Choose<TOrder>(Span<int> rows, int wanted, TOrder order) where TOrder : struct, IRowOrder
    {
        if (wanted <= 0) return 0;
        if (rows.Length <= wanted) return rows.Length;
        Span<int> chosen = rows[..wanted];
        Heapify(chosen, order);
        foreach (int row in rows[wanted..])
        {
            if (!order.Better(row, chosen[0])) continue;
            chosen[0] = row;
            SiftDown(chosen, 0, order);
        }
        return wanted;
    }

    /// <summary>Makes a heap with the worst row at its root.</summary>
    public static void Heapify<TOrder>(Span<int> rows, TOrder order) where TOrder : struct, IRowOrder
    {
        for (int i = rows.Length / 2 - 1; i >= 0; i--) SiftDown(rows, i, order);
    }

    /// <summary>Restores the heap below a row that was replaced.</summary>
    public static void SiftDown<TOrder>(Span<int> heap, int at, TOrder order) where TOrder : struct, IRowOrder
    {
        int row = heap[at];
        while (true)
        {
            int child = 2 * at + 1;
            if (child >= heap.Length) break;
            if (child + 1 < heap.Length && order.Better(heap[child], heap[child + 1])) child++;
            if (order.Better(heap[child], row)) break;
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = row;
    }
}
