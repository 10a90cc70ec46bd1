using Federation.Domain.Bindings;
using Federation.Domain.Identifiers;
using Federation.Feeds;
using Federation.Placement.Documents;
using Federation.Placement.Loops;
using Federation.Storage;

namespace Federation.Placement.Planning;

/// <summary>The planner's inputs as they are now, for those who ask what would be.</summary>
public sealed class PlanSource(IStore store, FeedFollower health, FeedFollower material, TimeProvider time)
{
    /// <summary>The inputs; null while Health is silent, so that nothing may be decided.</summary>
    public PlanInputs? Collect()
    {
        var observed = new ObservedWorld(health.Current);
        if (!observed.Known || !health.IsFresh(PlannerLoop.HealthSilence)) return null;
        var state = new PlacementState(store.Current);
        var tolerations = new TolerationClock(time);
        tolerations.Observe(observed.Verdicts);
        return PlanInputs.Collect(state, observed, WorkloadResolver.Of(state, material.Current), tolerations);
    }

    /// <summary>The present decision.</summary>
    public Binding? Binding(WorkloadKey key) => new PlacementState(store.Current).Binding(key);
}
