using System.Diagnostics.Metrics;
using Federation.Domain.Bindings;
using Federation.Domain.Identifiers;
using Federation.Placement.Dispatching;

namespace Federation.Placement.Loops;

/// <summary>What deciding and ordering measure, on the meter <c>Federation.Placement</c>.</summary>
public static class PlacementMetrics
{
    private static readonly Meter Meter = new("Federation.Placement");

    private static readonly Histogram<double> Plan = Meter.CreateHistogram(
        "federation.plan.duration", "s", "How long computing one plan of everything took.", tags: null,
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });

    private static readonly Counter<long> Bindings = Meter.CreateCounter<long>("federation.plan.bindings", "{binding}", "Bindings written because the decision changed.");
    private static readonly Counter<long> Moves = Meter.CreateCounter<long>("federation.plan.moves", "{replica}", "Replicas decided to go from one cluster to another.");
    private static readonly Counter<long> Steps = Meter.CreateCounter<long>("federation.dispatch.steps", "{order}", "Orders written or ended, by the state they were written in.");

    /// <summary>A plan was computed.</summary>
    public static void Planned(TimeSpan took) => Plan.Record(took.TotalSeconds);

    /// <summary>A Binding that differs was written.</summary>
    public static void Decided(Binding? before, Binding after)
    {
        Bindings.Add(1);
        if (before is null || before.WorkloadUid != after.WorkloadUid)
        {
            Moves.Add(0);
            return;
        }
        Dictionary<ClusterId, int> change = [];
        foreach (BindingShare share in after.Shares) change[share.Cluster] = change.GetValueOrDefault(share.Cluster) + share.Replicas;
        foreach (BindingShare share in before.Shares) change[share.Cluster] = change.GetValueOrDefault(share.Cluster) - share.Replicas;
        // What is more here and less there has moved; the rest is scaling.
        int moved = Math.Min(change.Values.Where(static more => more > 0).Sum(), -change.Values.Where(static less => less < 0).Sum());
        Moves.Add(moved);
    }

    /// <summary>A step was committed.</summary>
    public static void Dispatched(DispatchDecision decision)
    {
        foreach (var order in decision.Upserts) Steps.Add(1, new KeyValuePair<string, object?>("state", order.State.ToString()));
        if (decision.Removals.Count > 0) Steps.Add(decision.Removals.Count, new KeyValuePair<string, object?>("state", "Removed"));
    }
}
