namespace Federation.Scheduling.Division;

/// <summary>
/// Takes replicas away: first those that were on their way out, then those where nothing new may come, then from the lowest tier, the most loaded row
/// and the lowest score; never the last of a value that a spread rule wants, while another replica can go instead.
/// </summary>
internal static class Lowering
{
    public static void Take(DivisionRows rows, int surplus, SpreadTally? tally)
    {
        if (surplus <= 0) return;
        var queue = new PriorityQueue<int, (int Standing, int Tier, int Load, long Score, ulong Tie)>();
        var spared = new Queue<int>();
        for (int i = 0; i < rows.Count; i++)
        {
            if (rows.Target[i] > 0) queue.Enqueue(i, PriorityOf(rows, i));
        }
        while (surplus > 0 && queue.TryDequeue(out int row, out _))
        {
            // What may not go now may not go later either: other removals only make its value rarer.
            if (tally is not null && !tally.MayLose(rows.Id[row]))
            {
                spared.Enqueue(row);
                continue;
            }
            TakeOne(rows, row, tally);
            surplus--;
            if (rows.Target[row] > 0) queue.Enqueue(row, PriorityOf(rows, row));
        }
        while (surplus > 0 && spared.TryDequeue(out int row))
        {
            TakeOne(rows, row, tally);
            surplus--;
            if (rows.Target[row] > 0) spared.Enqueue(row);
        }
    }

    private static void TakeOne(DivisionRows rows, int row, SpreadTally? tally)
    {
        rows.Target[row]--;
        tally?.Add(rows.Id[row], -1);
    }

    private static (int Standing, int Tier, int Load, long Score, ulong Tie) PriorityOf(DivisionRows rows, int row) =>
        (rows.Standing(row), rows.Tier[row], -rows.Target[row], rows.Score[row], rows.Tie(row));
}
