namespace Federation.Scheduling.Division;

/// <summary>
/// Chooses the values that spread rules with a Max leave open, and bars the rows of all others. Values in which a person wants replicas go first, then
/// those in use; further ones are taken by score as long as the rest can still hold what is missing. Where several rules bar each other, combinations are
/// tried, up to a fixed number.
/// </summary>
internal sealed class SpreadLimit(int capacity)
{
    private const int MaxTries = 512;

    private static readonly HashSet<int> NoCluster = [];

    private readonly bool[] _open = new bool[capacity];
    private bool[]? _best;
    private (int Placed, int Shortfall) _bestWorth;
    private int _tries;
    private bool _byWeight;
    private IReadOnlySet<int> _pinned = NoCluster;

    /// <summary>Bars rows: they keep nothing and take nothing.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="tally">The rules.</param>
    /// <param name="desired">What the open rows should hold together.</param>
    /// <param name="byWeight">Whether values are ranked by weight instead of score: weights ask for moves, so the choice must not follow what the last one changed.</param>
    /// <param name="pinned">Clusters in which a person wants replicas: their values go first, or a pin would be honoured only after a first plan was carried out.</param>
    public void Apply(DivisionRows rows, SpreadTally tally, int desired, bool byWeight, IReadOnlySet<int> pinned)
    {
        (_byWeight, _pinned) = (byWeight, pinned);
        // Replicas that one rule drops held a value of another rule, which may now be given anew.
        do Choose(rows, tally, desired);
        while (DropKept(rows));
        for (int i = 0; i < rows.Count; i++)
        {
            if (!_open[i]) rows.Room[i] = 0;
        }
    }

    // A wish costs no replica its place, and no rule a value.
    private void Choose(DivisionRows rows, SpreadTally tally, int desired)
    {
        IReadOnlySet<int> pinned = _pinned;
        _pinned = NoCluster;
        ChooseBest(rows, tally, desired);
        _pinned = pinned;
        if (pinned.Count == 0) return;
        bool[] without = _open[..rows.Count];
        (int Placed, int Shortfall) worth = Worth(rows, tally, desired);
        ChooseBest(rows, tally, desired);
        if (IsBetter(worth, Worth(rows, tally, desired))) without.CopyTo(_open, 0);
    }

    private static bool IsBetter((int Placed, int Shortfall) worth, (int Placed, int Shortfall) than) =>
        worth.Placed > than.Placed || (worth.Placed == than.Placed && worth.Shortfall < than.Shortfall);

    private bool DropKept(DivisionRows rows)
    {
        bool dropped = false;
        for (int i = 0; i < rows.Count; i++)
        {
            if (_open[i] || rows.Kept[i] == 0) continue;
            (rows.Kept[i], rows.Moving[i], rows.Held[i]) = (0, 0, 0);
            dropped = true;
        }
        return dropped;
    }

    private void ChooseBest(DivisionRows rows, SpreadTally tally, int desired)
    {
        Array.Fill(_open, true, 0, rows.Count);
        int limits = 0;
        for (int r = 0; r < tally.Rules.Count; r++)
        {
            if (tally.Rules[r].Max is null) continue;
            limits++;
            Close(rows, tally, r, Choices(rows, tally, r, desired).First());
        }
        if (limits > 0 && tally.Rules.Count > 1 && Worth(rows, tally, desired) is var worth && worth != (desired, 0)) TryCombinations(rows, tally, desired, worth);
        if (limits > 1) OpenMore(rows, tally);
    }

    // One rule may have chosen a value of which another bars every row: what else all of them can let in together is open.
    private void OpenMore(DivisionRows rows, SpreadTally tally)
    {
        HashSet<int>[] used = [.. tally.Rules.Select(static _ => new HashSet<int>())];
        var barred = new List<int>();
        for (int i = 0; i < rows.Count; i++)
        {
            if (rows.Kept[i] + rows.Room[i] == 0) continue;
            if (_open[i]) Use(i);
            else barred.Add(i);
        }
        bool left = false;
        for (int r = 0; r < used.Length; r++) left |= tally.Rules[r].Max is { } max && used[r].Count < max;
        if (!left) return;
        barred.Sort((a, b) => rows.Kept[a] != rows.Kept[b] ? rows.Kept[b].CompareTo(rows.Kept[a]) : a == b ? 0 : IsBefore(rows, a, b) ? -1 : 1);
        foreach (int i in barred)
        {
            bool open = true;
            for (int r = 0; r < used.Length; r++) open &= used[r].Count < (tally.Rules[r].Max ?? int.MaxValue) || used[r].Contains(tally.ValueOf(r, rows.Id[i]));
            if (!open) continue;
            _open[i] = true;
            Use(i);
        }

        void Use(int row)
        {
            for (int r = 0; r < used.Length; r++) used[r].Add(tally.ValueOf(r, rows.Id[row]));
        }
    }

    private void TryCombinations(DivisionRows rows, SpreadTally tally, int desired, (int Placed, int Shortfall) greedy)
    {
        (_best, _bestWorth, _tries) = (_open[..rows.Count], greedy, 0);
        Array.Fill(_open, true, 0, rows.Count);
        Descend(rows, tally, desired, 0);
        _best.CopyTo(_open, 0);
    }

    private void Descend(DivisionRows rows, SpreadTally tally, int desired, int rule)
    {
        while (rule < tally.Rules.Count && tally.Rules[rule].Max is null) rule++;
        if (rule == tally.Rules.Count)
        {
            _tries++;
            (int Placed, int Shortfall) worth = Worth(rows, tally, desired);
            if (!IsBetter(worth, _bestWorth)) return;
            (_best, _bestWorth) = (_open[..rows.Count], worth);
            return;
        }
        bool[] before = _open[..rows.Count];
        foreach (int[] choice in Choices(rows, tally, rule, desired))
        {
            if (_tries >= MaxTries) return;
            Close(rows, tally, rule, choice);
            Descend(rows, tally, desired, rule + 1);
            before.CopyTo(_open, 0);
        }
    }

    /// <summary>What the open rows can hold, and how many values would be missing at the least.</summary>
    private (int Placed, int Shortfall) Worth(DivisionRows rows, SpreadTally tally, int desired)
    {
        long room = 0;
        for (int i = 0; i < rows.Count; i++)
        {
            if (_open[i]) room += rows.Kept[i] + rows.Room[i];
        }
        int shortfall = 0;
        for (int r = 0; r < tally.Rules.Count; r++)
        {
            var values = new HashSet<int>();
            for (int i = 0; i < rows.Count; i++)
            {
                if (_open[i] && rows.Kept[i] + rows.Room[i] > 0) values.Add(tally.ValueOf(r, rows.Id[i]));
            }
            shortfall += Math.Max(0, tally.Wanted(r) - values.Count);
        }
        return ((int)Math.Min(desired, room), shortfall);
    }

    private void Close(DivisionRows rows, SpreadTally tally, int rule, int[] choice)
    {
        for (int i = 0; i < rows.Count; i++)
        {
            if (_open[i] && Array.IndexOf(choice, tally.ValueOf(rule, rows.Id[i])) < 0) _open[i] = false;
        }
    }

    /// <summary>The sets of values that a rule may leave open, the best first, without end conditions: the caller stops.</summary>
    private IEnumerable<int[]> Choices(DivisionRows rows, SpreadTally tally, int rule, int desired)
    {
        int max = Math.Max(0, tally.Rules[rule].Max!.Value);
        List<ValueRoom> all = Gather(rows, tally, rule), values = [.. all.Where(v => v.Room > 0)];
        if (values.Count <= max)
        {
            yield return [.. all.Select(v => v.Value)];
            yield break;
        }
        List<ValueRoom> used = [.. values.Where(v => v.Pinned || v.Kept > 0).OrderByDescending(v => v.Pinned).ThenByDescending(v => v.Kept).ThenBy(v => v.Rank)];
        List<ValueRoom> free = [.. values.Where(v => !v.Pinned && v.Kept == 0).OrderBy(v => v.Rank)];
        int[] fixedValues = [.. used.Take(max).Select(v => v.Value)];
        long missing = desired - used.Take(max).Sum(v => v.Room);
        int seats = max - fixedValues.Length;
        int[] greedy = [.. fixedValues, .. PickByScore(free, seats, missing)];
        yield return greedy;
        if (seats == 0) yield break;
        foreach (int[] subset in Subsets([.. free.Select(v => v.Value)], seats)) yield return [.. fixedValues, .. subset];
    }

    /// <summary>Takes values by rank, each only if the largest of the rest can then still hold what is missing.</summary>
    private static List<int> PickByScore(List<ValueRoom> free, int seats, long missing)
    {
        var picked = new List<int>();
        var left = new List<ValueRoom>(free);
        while (picked.Count < seats && left.Count > 0)
        {
            List<ValueRoom> byRoom = [.. left.OrderByDescending(v => v.Room).ThenBy(v => v.Rank)];
            int others = seats - picked.Count - 1;
            long largest = byRoom.Take(others).Sum(v => v.Room), next = byRoom.Count > others ? byRoom[others].Room : 0;
            var firstOthers = byRoom.Take(others).Select(v => v.Value).ToHashSet();
            ValueRoom? chosen = null;
            foreach (ValueRoom value in left)
            {
                long rest = firstOthers.Contains(value.Value) ? largest - value.Room + next : largest;
                if (value.Room + rest < missing) continue;
                chosen = value;
                break;
            }
            ValueRoom taken = chosen ?? byRoom[0];
            picked.Add(taken.Value);
            missing -= taken.Room;
            left.Remove(taken);
        }
        return picked;
    }

    private List<ValueRoom> Gather(DivisionRows rows, SpreadTally tally, int rule)
    {
        var sums = new SortedDictionary<int, (int Row, int Kept, long Room, long Weight)>();
        for (int i = 0; i < rows.Count; i++)
        {
            if (!_open[i]) continue;
            int value = tally.ValueOf(rule, rows.Id[i]);
            if (!sums.TryGetValue(value, out (int Row, int Kept, long Room, long Weight) sum)) sum = (i, 0, 0, 0);
            sums[value] = (IsBefore(rows, i, sum.Row) ? i : sum.Row, sum.Kept + rows.Kept[i], sum.Room + rows.Kept[i] + rows.Room[i], sum.Weight + rows.Weight[i]);
        }
        List<(int Value, int Row, int Kept, long Room, long Weight)> values =
            [.. sums.Select(pair => (pair.Key, pair.Value.Row, pair.Value.Kept, pair.Value.Room, pair.Value.Weight))];
        values.Sort((a, b) => a.Row == b.Row ? 0 : _byWeight && a.Weight != b.Weight ? b.Weight.CompareTo(a.Weight) : IsBefore(rows, a.Row, b.Row) ? -1 : 1);
        return [.. values.Select((v, rank) => new ValueRoom(v.Value, rank, v.Kept, v.Room, IsPinned(rows, v.Row)))];
    }

    // What has no place there is drawn nowhere by the wish for it.
    private bool IsPinned(DivisionRows rows, int row) => _pinned.Count > 0 && rows.Kept[row] + rows.Room[row] > 0 && _pinned.Contains(rows.Id[row]);

    private bool IsBefore(DivisionRows rows, int a, int b)
    {
        if (a == b) return false;
        if (IsPinned(rows, a) != IsPinned(rows, b)) return IsPinned(rows, a);
        if (!_byWeight) return rows.Tier[a] != rows.Tier[b] ? rows.Tier[a] > rows.Tier[b] : rows.Better(a, b);
        ulong x = rows.Tie(a), y = rows.Tie(b);
        return x != y ? x > y : a < b;
    }

    private static IEnumerable<int[]> Subsets(int[] values, int size)
    {
        if (size > values.Length) size = values.Length;
        int[] at = [.. Enumerable.Range(0, size)];
        while (true)
        {
            yield return [.. at.Select(i => values[i])];
            int turn = size - 1;
            while (turn >= 0 && at[turn] == values.Length - size + turn) turn--;
            if (turn < 0) yield break;
            at[turn]++;
            for (int i = turn + 1; i < size; i++) at[i] = at[i - 1] + 1;
        }
    }

    private sealed record ValueRoom(int Value, int Rank, int Kept, long Room, bool Pinned);
}
