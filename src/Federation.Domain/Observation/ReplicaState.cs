namespace Federation.Domain.Observation;

/// <summary>Where a replica is in its life.</summary>
public enum ReplicaState
{
    /// <summary>Being started, or started and not yet ready.</summary>
    Starting,

    /// <summary>Runs and answers its health check.</summary>
    Ready,

    /// <summary>Runs and fails its health check.</summary>
    Unready,

    /// <summary>Taken out of traffic, about to be stopped.</summary>
    Draining,

    /// <summary>Told to stop, not yet ended.</summary>
    Stopping,

    /// <summary>Ended; will be started again after a pause.</summary>
    BackOff,

    /// <summary>Ended for good.</summary>
    Ended,
}
