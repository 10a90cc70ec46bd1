namespace Federation.Scheduling.Division;

/// <summary>
/// Adds replicas in proportion to room, tier by tier: each row gets the whole part of its due, and the odd replicas go to the best scores, so that no
/// row is more than one replica from its due.
/// </summary>
internal sealed class ProportionalDivision(int capacity)
{
    private readonly int[] _heap = new int[capacity];

    /// <summary>Adds up to <paramref name="missing"/> replicas; returns how many found no room.</summary>
    public int Add(DivisionRows rows, int missing)
    {
        if (missing <= 0) return 0;
        if (rows.OneTier) return AddToTier(rows, missing, 0, all: true);
        int above = int.MaxValue;
        while (missing > 0 && NextTier(rows, ref above)) missing = AddToTier(rows, missing, above, all: false);
        return missing;
    }

    private static bool NextTier(DivisionRows rows, ref int above)
    {
        int best = int.MinValue;
        for (int i = 0; i < rows.Count; i++)
        {
            if (rows.Room[i] > 0 && rows.Tier[i] > best && rows.Tier[i] < above) best = rows.Tier[i];
        }
        above = best;
        return best != int.MinValue;
    }

    private int AddToTier(DivisionRows rows, int missing, int tier, bool all)
    {
        int[] room = rows.Room;
        long total = 0;
        int largest = 0;
        for (int i = 0; i < rows.Count; i++)
        {
            if (!all && rows.Tier[i] != tier) continue;
            total += room[i];
            if (room[i] > largest) largest = room[i];
        }
        if (total <= missing)
        {
            for (int i = 0; i < rows.Count; i++)
            {
                if ((all || rows.Tier[i] == tier) && room[i] > 0) rows.Give(i, room[i]);
            }
            return missing - (int)total;
        }
        long odd = missing;
        int candidates = 0;
        bool someWhole = (long)missing * largest >= total;
        for (int i = 0; i < rows.Count; i++)
        {
            if (room[i] <= 0 || (!all && rows.Tier[i] != tier)) continue;
            if (someWhole)
            {
                (long whole, long rest) = Math.DivRem((long)missing * room[i], total);
                if (whole > 0) rows.Give(i, (int)whole);
                odd -= whole;
                if (rest == 0) continue;
            }
            _heap[candidates++] = i;
        }
        GiveToBest(rows, candidates, (int)odd);
        return 0;
    }

    /// <summary>Gives one replica to each of the best <paramref name="seats"/> candidates: a heap of the chosen with the worst at its root.</summary>
    private void GiveToBest(DivisionRows rows, int candidates, int seats)
    {
        if (seats <= 0) return;
        if (candidates > seats)
        {
            for (int i = seats / 2 - 1; i >= 0; i--) SiftDown(rows, i, seats);
            for (int i = seats; i < candidates; i++)
            {
                int row = _heap[i];
                if (rows.Score[row] < rows.Score[_heap[0]] || !rows.Better(row, _heap[0])) continue;
                _heap[0] = row;
                SiftDown(rows, 0, seats);
            }
        }
        for (int i = 0; i < Math.Min(seats, candidates); i++) rows.Give(_heap[i], 1);
    }

    private void SiftDown(DivisionRows rows, int at, int size)
    {
        int row = _heap[at];
        while (true)
        {
            int child = 2 * at + 1;
            if (child >= size) break;
            if (child + 1 < size && rows.Better(_heap[child], _heap[child + 1])) child++;
            if (rows.Better(_heap[child], row)) break;
            _heap[at] = _heap[child];
            at = child;
        }
        _heap[at] = row;
    }
}
