using Federation.Scheduling.Classes;

namespace Federation.Scheduling.Division;

/// <summary>
/// What a division works on: one row for each target, a cluster or a node, in order of their index. The arrays are made once and used for every
/// workload; a division reads Kept and Room and leaves its answer in Target.
/// </summary>
internal sealed class DivisionRows(int capacity)
{
    private readonly int[] _ownId = new int[capacity], _ownTier = new int[capacity], _ownWeight = new int[capacity];
    private readonly ulong[] _ownSalt = new ulong[capacity];
    private readonly long[] _ownScore = new long[capacity];

    public int Count { get; private set; }

    /// <summary>The cluster's or the slot's index.</summary>
    public int[] Id { get; private set; } = [];

    public ulong[] Salt { get; private set; } = [];

    public int[] Tier { get; private set; } = [];

    public int[] Weight { get; private set; } = [];

    public long[] Score { get; private set; } = [];

    /// <summary>Replicas that are there and may stay.</summary>
    public int[] Kept { get; } = new int[capacity];

    /// <summary>Of those, replicas that were already on their way out: the first to go when there are too many.</summary>
    public int[] Moving { get; } = new int[capacity];

    /// <summary>Of those, replicas where nothing new may come: the next to go.</summary>
    public int[] Held { get; } = new int[capacity];

    /// <summary>Whole replicas that fit beside those in <see cref="Target"/>, before a division beside those kept.</summary>
    public int[] Room { get; } = new int[capacity];

    /// <summary>The answer: replicas here.</summary>
    public int[] Target { get; } = new int[capacity];

    public bool OneTier { get; private set; }

    /// <summary>The workload's own seed for ties, so that they do not all fall on the same target.</summary>
    public ulong Seed { get; private set; }

    /// <summary>Begins with a class's candidates. What a division only reads is read in place, not copied.</summary>
    public void Begin(CandidateTable table, ulong seed)
    {
        (Id, Salt, Tier, Weight, Score) = (table.Clusters, table.Salt, table.Tier, table.Weight, table.Score);
        Start(table.Count, seed, table.OneTier);
        Array.Copy(table.Room, Room, Count);
    }

    /// <summary>Begins with rows of its own, which the caller fills.</summary>
    public void Begin(int count, ulong seed)
    {
        (Id, Salt, Tier, Weight, Score) = (_ownId, _ownSalt, _ownTier, _ownWeight, _ownScore);
        Start(count, seed, oneTier: true);
    }

    private void Start(int count, ulong seed, bool oneTier)
    {
        (Count, Seed, OneTier) = (count, seed, oneTier);
        Array.Clear(Kept, 0, count);
        Array.Clear(Moving, 0, count);
        Array.Clear(Held, 0, count);
    }

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
        if (!ReferenceEquals(Id, _ownId))
        {
            Array.Copy(Id, _ownId, Count);
            Array.Copy(Salt, _ownSalt, Count);
            Array.Copy(Tier, _ownTier, Count);
            Array.Copy(Weight, _ownWeight, Count);
            Array.Copy(Score, _ownScore, Count);
            (Id, Salt, Tier, Weight, Score) = (_ownId, _ownSalt, _ownTier, _ownWeight, _ownScore);
        }
        int after = Count++ - row;
        foreach (int[] column in (ReadOnlySpan<int[]>)[Id, Kept, Moving, Held, Room, Tier, Weight])
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

    /// <summary>Who goes next from the row: 0 one that was on its way out, 1 one where nothing new may come, 2 any other.</summary>
    public int Standing(int row)
    {
        int gone = Math.Max(0, Kept[row] - Target[row]);
        return gone < Moving[row] ? 0 : gone < Moving[row] + Held[row] ? 1 : 2;
    }

    /// <summary>Takes the answer as carried out, to divide again; false if it changes nothing. A place where nothing new may come is no place for what has left it.</summary>
    public bool Settle()
    {
        bool changed = false;
        for (int i = 0; i < Count; i++)
        {
            int left = Math.Clamp(Kept[i] - Target[i] - Moving[i], 0, Held[i]);
            changed |= Kept[i] != Target[i];
            (Kept[i], Moving[i], Held[i], Room[i]) = (Target[i], 0, Held[i] - left, Room[i] - left);
        }
        return changed;
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
