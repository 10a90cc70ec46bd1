namespace Federation.Health.Liveness;

/// <summary>The durations that verdicts rest on. All are measured on Health's own monotonic clock.</summary>
public sealed record VerdictLimits
{
    /// <summary>The limits the plane runs with.</summary>
    public static VerdictLimits Default { get; } = new();

    /// <summary>Without a message for longer than this a node is Suspect.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>A node that is Suspect for silence is NotReady when it is silent for so much longer.</summary>
    public TimeSpan SilenceSuspicion { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>A node whose stream broke is NotReady when it is not back after this.</summary>
    public TimeSpan BrokenSuspicion { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Added, after Health's start, to the limits of a node that has not reported yet: it first has to notice the restart and dial.</summary>
    public TimeSpan StartGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a granted lease lasts, by its holder's clock from before it sent the renewal.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Waited beyond a lease before it is called ended: the two clocks' drift, and the holder's time to kill what the lease covered.</summary>
    public TimeSpan LeaseMargin { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>So many losses of contact inside <see cref="FlapWindow"/> make a node a flapping one.</summary>
    public int FlapLosses { get; init; } = 3;

    /// <summary>The window in which losses count.</summary>
    public TimeSpan FlapWindow { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Unbroken contact that a flapping node needs to be Ready again.</summary>
    public TimeSpan FlapSteady { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Clusters that vanish inside this window vanish together.</summary>
    public TimeSpan FreezeWindow { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long clusters that vanished together are held at Suspect.</summary>
    public TimeSpan FreezeDuration { get; init; } = TimeSpan.FromSeconds(30);
}
