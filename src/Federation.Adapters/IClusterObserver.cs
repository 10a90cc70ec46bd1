namespace Federation.Adapters;

/// <summary>Sees what a cluster runs.</summary>
public interface IClusterObserver
{
    /// <summary>Yields the full set first, then one changed set after another (conflated: a slow reader sees the newest). Ends by cancellation alone.</summary>
    IAsyncEnumerable<ClusterObservationSet> WatchAsync(CancellationToken cancellationToken);
}
