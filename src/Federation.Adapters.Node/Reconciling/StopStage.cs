namespace Federation.Adapters.Node.Reconciling;

/// <summary>How far the stopping of a running replica has come.</summary>
internal enum StopStage
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>Out of traffic, not yet told.</summary>
    Draining,

    /// <summary>Asked to end.</summary>
    Terminating,

    /// <summary>Ended by force.</summary>
    Killing,
}
