using Federation.Domain.Workloads;

namespace Federation.Scheduling.Division;

/// <summary>
/// Shifts replicas to where a person wants them, as far as the rules leave a place open and there is room: never the last replica of a value that a spread rule
/// wants. What a pin asks for and has already is left alone, so that a plan that was carried out asks for nothing more.
/// </summary>
internal static class PinShift
{
    /// <summary>Whether the workload has pins that a division can honour.</summary>
    public static bool Applies(PlannedWorkload workload) => workload.Spec.Pins is { Count: > 0 };

    /// <summary>The clusters in which pins want replicas.</summary>
    public static IReadOnlySet<int> ClustersOf(PlacementContext context) =>
        context.Workload.Spec.Pins!.Where(pin => pin.Least(context.Desired) > 0).Select(pin => context.Snapshot.FindCluster(new(pin.Cluster))).ToHashSet();

    /// <summary>How many replicas each row could hold, before anything is divided: those that are there, and those that fit beside them.</summary>
    public static int[] PlacesOf(DivisionRows rows)
    {
        int[] places = new int[rows.Count];
        for (int i = 0; i < places.Length; i++) places[i] = rows.Kept[i] + rows.Room[i];
        return places;
    }

    /// <summary>Shifts what is divided; the sum of targets stays.</summary>
    /// <param name="rows">The division.</param>
    /// <param name="places">The rows' <see cref="PlacesOf"/>: where replicas were taken away since, their place is free again.</param>
    /// <param name="context">The workload.</param>
    /// <param name="proportional">Gives on what is above a pin's most.</param>
    /// <param name="tally">The spread rules, counted; null without.</param>
    public static void Run(DivisionRows rows, int[] places, PlacementContext context, ProportionalDivision proportional, SpreadTally? tally)
    {
        IReadOnlyList<ClusterPin> pins = context.Workload.Spec.Pins!;
        for (int i = 0; i < rows.Count; i++) rows.Room[i] = places[i] - rows.Target[i];
        int[] least = new int[rows.Count], most = new int[rows.Count];
        Array.Fill(most, int.MaxValue);
        for (int p = 0; p < pins.Count; p++)
        {
            int row = RowOf(rows, context, pins[p].Cluster);
            if (row < 0) continue;
            (least[row], most[row]) = (pins[p].Least(context.Desired), pins[p].AtMost ?? int.MaxValue);
        }
        for (int p = 0; p < pins.Count; p++)
        {
            int row = RowOf(rows, context, pins[p].Cluster);
            if (row >= 0) Fill(rows, row, least, most, tally);
        }
        Relieve(rows, most, proportional, tally);
        Report(rows, context, pins, least);
    }

    private static int RowOf(DivisionRows rows, PlacementContext context, string cluster)
    {
        int c = context.Snapshot.FindCluster(new(cluster));
        return c < 0 ? -1 : Math.Max(-1, rows.Id.AsSpan(0, rows.Count).BinarySearch(c));
    }

    // First from where there are more than a pin allows, then from those on their way out, then from the lowest tier and the most loaded row.
    private static void Fill(DivisionRows rows, int row, int[] least, int[] most, SpreadTally? tally)
    {
        while (rows.Target[row] < least[row] && rows.Room[row] > 0)
        {
            int donor = -1;
            for (int i = 0; i < rows.Count; i++)
            {
                if (i == row || rows.Target[i] <= least[i] || tally?.GainOfMove(rows.Id[i], rows.Id[row]) < 0) continue;
                if (donor < 0 || Order(i).CompareTo(Order(donor)) < 0) donor = i;
            }
            if (donor < 0) return;
            Shift(rows, donor, row, tally);
        }

        (bool, bool, bool, int, int, long, ulong, int) Order(int i) =>
            (rows.Target[i] <= most[i], rows.Moving[i] == 0, rows.Held[i] == 0, rows.Tier[i], -rows.Target[i], rows.Score[i], rows.Tie(i), i);
    }

    // What is above a pin's most, and no other pin wants, goes where the division would put new replicas.
    private static void Relieve(DivisionRows rows, int[] most, ProportionalDivision proportional, SpreadTally? tally)
    {
        int surplus = 0;
        int[] before = rows.Target[..rows.Count];
        for (int i = 0; i < rows.Count; i++)
        {
            if (most[i] == int.MaxValue) continue;
            rows.Room[i] = Math.Min(rows.Room[i], Math.Max(0, most[i] - rows.Target[i]));
            while (rows.Target[i] > most[i] && tally?.MayLose(rows.Id[i]) != false)
            {
                rows.Target[i]--;
                tally?.Add(rows.Id[i], -1);
                surplus++;
            }
        }
        int left = proportional.Add(rows, surplus);
        for (int i = 0; i < rows.Count && left > 0; i++)
        {
            if (most[i] == int.MaxValue) continue;
            int back = Math.Min(left, Math.Max(0, before[i] - rows.Target[i]));
            rows.Target[i] += back;
            left -= back;
        }
        tally?.Count(rows);
    }

    private static void Shift(DivisionRows rows, int from, int to, SpreadTally? tally)
    {
        if (rows.Moving[from] > 0) rows.Moving[from]--;
        else if (rows.Held[from] > 0) rows.Held[from]--;
        rows.Take(from, 1);
        rows.Give(to, 1);
        tally?.Add(rows.Id[from], -1);
        tally?.Add(rows.Id[to], 1);
    }

    private static void Report(DivisionRows rows, PlacementContext context, IReadOnlyList<ClusterPin> pins, int[] least)
    {
        for (int p = 0; p < pins.Count; p++)
        {
            int wanted = pins[p].Least(context.Desired), row = RowOf(rows, context, pins[p].Cluster);
            int there = row < 0 ? 0 : rows.Target[row];
            if (there < wanted) context.Sheet.Notes.Add($"a pin wants {wanted} in cluster {pins[p].Cluster} and {there} could be placed there");
        }
    }
}
