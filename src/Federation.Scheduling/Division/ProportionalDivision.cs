namespace Federation.Scheduling.Division;

/// <summary>
/// Adds replicas in proportion to capacity, tier by tier. What is there already counts towards a row's due, so that a division that is carried out
/// step by step comes to the same end as one carried out at once. Each row gets the whole part of its due, the odd replicas go to the best scores.
/// </summary>
internal sealed class ProportionalDivision(int capacity)
{
    private readonly int[] _heap = new int[capacity];
    private readonly bool[] _sated = new bool[capacity];

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
        int[] room = rows.Room, present = rows.Target;
        long totalRoom = 0, capacity = 0, wanted = missing;
        int largest = 0, withReplicas = 0;
        for (int i = 0; i < rows.Count; i++)
        {
            if (room[i] <= 0 || (!all && rows.Tier[i] != tier)) continue;
            totalRoom += room[i];
            capacity += room[i] + present[i];
            wanted += present[i];
            largest = Math.Max(largest, room[i] + present[i]);
            if (present[i] > 0) _heap[withReplicas++] = i;
        }
        if (totalRoom <= missing)
        {
            for (int i = 0; i < rows.Count; i++)
            {
                if (room[i] > 0 && (all || rows.Tier[i] == tier)) rows.Give(i, room[i]);
            }
            return missing - (int)totalRoom;
        }
        LeaveOutSated(rows, withReplicas, ref wanted, ref capacity);
        long odd = wanted;
        int candidates = 0;
        bool someWhole = wanted * largest >= capacity;
        for (int i = 0; i < rows.Count; i++)
        {
            if (room[i] <= 0 || (!all && rows.Tier[i] != tier) || (withReplicas > 0 && _sated[i])) continue;
            if (someWhole)
            {
                (long whole, long rest) = Math.DivRem(wanted * (room[i] + present[i]), capacity);
                odd -= whole;
                if (whole > present[i]) rows.Give(i, (int)whole - present[i]);
                if (rest == 0) continue;
            }
            _heap[candidates++] = i;
        }
        candidates = BestRows.Choose(_heap.AsSpan(0, candidates), (int)odd, new ByScore(rows));
        for (int i = 0; i < candidates; i++) rows.Give(_heap[i], 1);
        if (withReplicas > 0) Array.Clear(_sated, 0, rows.Count);
        return 0;
    }

    /// <summary>Rows that have their due or more take part no longer; what they have above it lowers the due of the others, which may sate further rows.</summary>
    private void LeaveOutSated(DivisionRows rows, int withReplicas, ref long wanted, ref long capacity)
    {
        for (bool changed = withReplicas > 0; changed;)
        {
            changed = false;
            for (int k = 0; k < withReplicas; k++)
            {
                int i = _heap[k];
                long size = rows.Room[i] + rows.Target[i];
                if (_sated[i] || rows.Target[i] * capacity < wanted * size) continue;
                _sated[i] = changed = true;
                wanted -= rows.Target[i];
                capacity -= size;
            }
        }
    }
}
