using Federation.Adapters;
using Federation.Domain.Assignments;
using Federation.Domain.Observation;

namespace Adapters.Conformance;

/// <summary>
/// What every adapter must do, whatever it drives: see <see cref="OrderConformance"/>, <see cref="RevisionConformance"/> and <see cref="EndConformance"/>, which run beside each other.
/// A kind's own tests derive from all of them with the real thing.
/// </summary>
public abstract class AdapterConformance
{
    // Generous: only a hang reaches it, however slow the machine.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    protected abstract Task<AdapterUnderTest> OpenAsync();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    protected static Task ApplyAsync(AdapterUnderTest adapter, long term, long revision, params Assignment[] orders) =>
        adapter.Actuator.ApplyAsync([.. orders.Select(static order => new DesiredAssignment(order, []))], term, revision, Cancelled);

    /// <summary>Follows the observations until one satisfies the predicate, which may assert on each on the way.</summary>
    protected static async Task<ClusterObservationSet> SeeAsync(AdapterUnderTest adapter, Func<ClusterObservationSet, bool> predicate)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        limit.CancelAfter(Patience);
        ClusterObservationSet? last = null;
        await foreach (ClusterObservationSet set in adapter.Observer.WatchAsync(limit.Token))
        {
            last = set;
            if (predicate(set)) return set;
        }
        throw new TimeoutException($"not seen within {Patience.TotalSeconds} s; last: {string.Join("; ", last?.Replicas.Select(static replica => $"{replica.Id} {replica.Revision} {replica.State} {replica.Message} {replica.LastEnd}") ?? [])}");
    }

    protected static int Ready(ClusterObservationSet set, string revision) =>
        set.Replicas.Count(replica => replica.State == ReplicaState.Ready && replica.Revision.Value == revision);
}
