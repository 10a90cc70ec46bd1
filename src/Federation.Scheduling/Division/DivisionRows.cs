namespace Federation.Scheduling.Division;

/// <summary>
/// What a division works on: one row for each target, a cluster or a node, in order of their index. The arrays are made once and used for every
/// workload; a division reads Kept and Room and leaves its answer in Target.
/// </summary>
internal sealed class DivisionRows(int capacity)
{
    public int Count { get; set; }

    /// <summary>The cluster's or the slot's index.</summary>
    public int[] Id { get; } = new int[capacity];

    public ulong[] Salt { get; } = new ulong[capacity];

    /// <summary>Replicas that are there and may stay.</summary>
    public int[] Kept { get; } = new int[capacity];

    /// <summary>Of those, replicas that were already on their way out: the first to go when there are too many.</summary>
    public int[] Moving { get; } = new int[capacity];

    /// <summary>Of those, replicas where nothing new may come: the next to go.</summary>
    public int[] Held { get; } = new int[capacity];

    /// <summary>Whole replicas that fit beside the kept and the added ones.</summary>
    public int[] Room { get; } = new int[capacity];

    public int[] Tier { get; } = new int[capacity];

    public int[] Weight { get; } = new int[capacity];

    public long[] Score { get; } = new long[capacity];

    /// <summary>The answer: replicas here.</summary>
    public int[] Target { get; } = new int[capacity];

    public bool OneTier { get; set; }

    /// <summary>The workload's own seed for ties, so that they do not all fall on the same target.</summary>
    public ulong Seed { get; set; }

    public int KeptTotal
    {
        get
        {
            int total = 0;
            for (int i = 0; i < Count; i++) total += Kept[i];
            return total;
        }
    }

    public int TargetTotal
    {
        get
        {
            int total = 0;
            for (int i = 0; i < Count; i++) total += Target[i];
            return total;
        }
    }

    /// <summary>Makes place for a row; it begins with nothing.</summary>
    public void InsertAt(int row)
    {
        int after = Count++ - row;
        foreach (int[] column in (ReadOnlySpan<int[]>)[Id, Kept, Moving, Held, Room, Tier, Weight, Target])
        {
            Array.Copy(column, row, column, row + 1, after);
            column[row] = 0;
        }
        Array.Copy(Score, row, Score, row + 1, after);
        Array.Copy(Salt, row, Salt, row + 1, after);
    }

    /// <summary>Moves replicas from room to target.</summary>
    public void Give(int row, int replicas)
    {
        Target[row] += replicas;
        Room[row] -= replicas;
    }

    /// <summary>Takes replicas back: their place is free again.</summary>
    public void Take(int row, int replicas)
    {
        Target[row] -= replicas;
        Room[row] += replicas;
    }

    /// <summary>Whether row <paramref name="a"/> is chosen before <paramref name="b"/>, all else equal.</summary>
    public bool Better(int a, int b)
    {
        if (Score[a] != Score[b]) return Score[a] > Score[b];
        ulong x = Tie(a), y = Tie(b);
        return x != y ? x > y : Id[a] < Id[b];
    }

    public ulong Tie(int row) => Snapshot.StableHash.Mix(Seed, Salt[row]);
}
