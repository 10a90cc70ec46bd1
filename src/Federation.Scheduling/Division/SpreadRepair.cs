namespace Federation.Scheduling.Division;

/// <summary>
/// Makes a division use as many different values as its spread rules ask for at least, one replica at a time: of all single moves the one that brings
/// the rules most, taken from new replicas before present ones and from the most loaded row, given to the best score.
/// </summary>
internal static class SpreadRepair
{
    /// <summary>Moves replicas while a move lowers the shortfall. In weighted division they come from the rows furthest above their due.</summary>
    public static void Run(DivisionRows rows, SpreadTally tally, bool byWeight)
    {
        long weights = 0, placed = 0;
        for (int i = 0; byWeight && i < rows.Count; i++) (weights, placed) = (weights + rows.Weight[i], placed + rows.Target[i]);
        var used = new List<int>();
        while (tally.Shortfall > 0)
        {
            (int from, int to, int gain) = (-1, -1, 0);
            used.Clear();
            for (int a = 0; a < rows.Count; a++)
            {
                if (rows.Target[a] > 0) used.Add(a);
            }
            for (int b = 0; b < rows.Count; b++)
            {
                if (rows.Room[b] <= 0 || !tally.BringsValue(rows.Id[b])) continue;
                foreach (int a in used)
                {
                    if (a == b || !tally.MayMove(rows.Id[a], rows.Id[b])) continue;
                    int thisGain = tally.GainOfMove(rows.Id[a], rows.Id[b]);
                    if (thisGain <= 0 || thisGain < gain) continue;
                    if (thisGain == gain && !IsBetterMove(a, b, from, to)) continue;
                    (from, to, gain) = (a, b, thisGain);
                }
            }
            if (gain == 0) return;
            rows.Take(from, 1);
            rows.Give(to, 1);
            tally.Add(rows.Id[from], -1);
            tally.Add(rows.Id[to], 1);
        }

        bool IsBetterMove(int a, int b, int from, int to)
        {
            if (a != from)
            {
                long x = Surplus(a), y = Surplus(from);
                if (byWeight && x != y) return x > y;
                bool newA = rows.Target[a] > rows.Kept[a], newFrom = rows.Target[from] > rows.Kept[from];
                if (newA != newFrom) return newA;
                if (x != y) return x > y;
                if (rows.Tier[a] != rows.Tier[from]) return rows.Tier[a] < rows.Tier[from];
                return rows.Better(from, a);
            }
            return rows.Tier[b] != rows.Tier[to] ? rows.Tier[b] > rows.Tier[to] : rows.Better(b, to);
        }

        long Surplus(int row) => byWeight ? rows.Target[row] * weights - placed * rows.Weight[row] : rows.Target[row];
    }
}
