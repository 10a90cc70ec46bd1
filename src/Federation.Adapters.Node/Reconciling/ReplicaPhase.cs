namespace Federation.Adapters.Node.Reconciling;

/// <summary>Where a replica's process stands.</summary>
internal enum ReplicaPhase
{
    /// <summary>To be started as soon as its record is kept.</summary>
    Due,

    /// <summary>Started, and its end was not seen.</summary>
    Running,

    /// <summary>Ended; to be started again after its pause.</summary>
    BackOff,

    /// <summary>Ended for good by its policy; stays until it is retired.</summary>
    Finished,

    /// <summary>Retired and ended: what is left of it is to be removed.</summary>
    Gone,
}
