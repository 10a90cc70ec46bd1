namespace Federation.Scheduling.Division;

/// <summary>
/// Divides by fixed weights with the largest remainder: every row gets the whole part of its due or one more. The odd replicas stay where one is
/// already, then go to the largest remainders, so that a division that meets the weights is left as it is. What a full row cannot take is divided
/// over the others by their weights.
/// </summary>
internal sealed class WeightedDivision(int capacity)
{
    private readonly bool[] _full = new bool[capacity];
    private readonly long[] _remainder = new long[capacity];
    private readonly int[] _odd = new int[capacity];

    /// <summary>Sets the targets; returns how many replicas found no room.</summary>
    public int Divide(DivisionRows rows, int desired)
    {
        int rest = desired;
        long weights = 0;
        for (int i = 0; i < rows.Count; i++)
        {
            _full[i] = Capacity(rows, i) == 0 || rows.Weight[i] == 0;
            if (!_full[i]) weights += rows.Weight[i];
        }
        int[] capacities = rows.Room;
        for (int i = 0; i < rows.Count; i++)
        {
            // From here Room is the whole capacity of the row, until the targets are set.
            capacities[i] += rows.Kept[i];
            rows.Target[i] = 0;
        }
        FillRows(rows, capacities, ref rest, ref weights);
        int odd = weights == 0 ? 0 : GiveWholeParts(rows, rest, weights);
        for (int i = 0; i < odd; i++) rows.Target[_odd[i]]++;
        int placed = 0;
        for (int i = 0; i < rows.Count; i++)
        {
            capacities[i] -= rows.Target[i];
            placed += rows.Target[i];
        }
        return desired - placed;
    }

    private static int Capacity(DivisionRows rows, int row) => rows.Kept[row] + rows.Room[row];

    private void FillRows(DivisionRows rows, int[] capacities, ref int rest, ref long weights)
    {
        bool changed = true;
        while (changed && weights > 0)
        {
            changed = false;
            (long dueOf, long weightsNow) = (rest, weights);
            for (int i = 0; i < rows.Count; i++)
            {
                if (_full[i] || dueOf * rows.Weight[i] < capacities[i] * weightsNow) continue;
                _full[i] = changed = true;
                rows.Target[i] = (int)Math.Min(capacities[i], rest);
                rest -= rows.Target[i];
                weights -= rows.Weight[i];
            }
        }
    }

    private int GiveWholeParts(DivisionRows rows, int due, long weights)
    {
        int odd = due, candidates = 0;
        for (int i = 0; i < rows.Count; i++)
        {
            if (_full[i]) continue;
            (long whole, long remainder) = Math.DivRem((long)due * rows.Weight[i], weights);
            rows.Target[i] = (int)whole;
            odd -= (int)whole;
            _remainder[i] = remainder;
            if (remainder > 0) _odd[candidates++] = i;
        }
        return BestRows.Choose(_odd.AsSpan(0, candidates), odd, new ByRemainder(rows, _remainder));
    }

    private readonly struct ByRemainder(DivisionRows rows, long[] remainder) : IRowOrder
    {
        public bool Better(int a, int b)
        {
            bool x = rows.Kept[a] > rows.Target[a], y = rows.Kept[b] > rows.Target[b];
            if (x != y) return x;
            return remainder[a] != remainder[b] ? remainder[a] > remainder[b] : rows.Better(a, b);
        }
    }
}
