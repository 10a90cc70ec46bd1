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

    /// <summary>Shifts what is divided; the sum of targets stays.</summary>
    /// <param name="rows">The division.</param>
    /// <param name="context">The workload.</param>
    /// <param name="proportional">Gives on what is above a pin's most.</param>
    /// <param name="tally">The spread rules, counted; null without.</param>
    public static void Run(DivisionRows rows, PlacementContext context, ProportionalDivision proportional, SpreadTally? tally)
    {
        IReadOnlyList<ClusterPin> pins = context.Workload.Spec.Pins!;
        int[] least = new int[rows.Count], most = new int[rows.Count];
        Array.Fill(most, int.MaxValue);
        for (int p = 0; p < pins.Count; p++)
        {
            int row = RowOf(rows, context, pins[p].Cluster);
            if (row >= 0) (least[row], most[row]) = (pins[p].Least(context.Desired), pins[p].AtMost ?? int.MaxValue);
        }
        for (int p = 0; p < pins.Count; p++)
        {
            int row = RowOf(rows, context, pins[p].Cluster);
            if (row >= 0) Fill(rows, row, least, most, tally);
        }
        for (int i = 0; i < rows.Count; i++) Relieve(rows, i, most, proportional, tally);
    }

    /// <summary>Tells which pins could not be met.</summary>
    public static void Report(DivisionRows rows, PlacementContext context)
    {
        foreach (ClusterPin pin in context.Workload.Spec.Pins!)
        {
            int wanted = pin.Least(context.Desired), row = RowOf(rows, context, pin.Cluster);
            int there = row < 0 ? 0 : rows.Target[row];
            if (there < wanted) context.Sheet.Notes.Add($"a pin wants {wanted} in cluster {pin.Cluster} and {there} could be placed there");
        }
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
                if (i == row || rows.Target[i] <= least[i] || tally?.MayMove(rows.Id[i], rows.Id[row]) == false) continue;
                if (donor < 0 || Order(i).CompareTo(Order(donor)) < 0) donor = i;
            }
            if (donor < 0) return;
            Shift(rows, donor, row, tally);
        }

        (bool, int, int, int, long, ulong, int) Order(int i) =>
            (rows.Target[i] <= most[i], rows.Standing(i), rows.Tier[i], -rows.Target[i], rows.Score[i], rows.Tie(i), i);
    }

    // What is above a pin's most goes where the division would put new replicas; under spread rules one after another, for each changes what the next may do.
    private static void Relieve(DivisionRows rows, int row, int[] most, ProportionalDivision proportional, SpreadTally? tally)
    {
        int[] room = new int[rows.Count];
        for (int moved = 1; moved > 0 && rows.Target[row] > most[row];)
        {
            int surplus = tally is null ? rows.Target[row] - most[row] : 1;
            for (int i = 0; i < rows.Count; i++)
            {
                room[i] = rows.Room[i] + rows.Target[i];
                bool open = i != row && rows.Target[i] < most[i] && tally?.MayMove(rows.Id[row], rows.Id[i]) != false;
                rows.Room[i] = open ? Math.Min(rows.Room[i], most[i] - rows.Target[i]) : 0;
            }
            rows.Target[row] -= surplus;
            int left = proportional.Add(rows, surplus);
            rows.Target[row] += left;
            moved = surplus - left;
            for (int i = 0; i < rows.Count; i++) rows.Room[i] = room[i] - rows.Target[i];
            tally?.Count(rows);
        }
    }

    private static void Shift(DivisionRows rows, int from, int to, SpreadTally? tally)
    {
        rows.Take(from, 1);
        rows.Give(to, 1);
        tally?.Add(rows.Id[from], -1);
        tally?.Add(rows.Id[to], 1);
    }
}
