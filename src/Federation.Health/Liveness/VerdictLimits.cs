namespace Federation.Health.Liveness;

/// <summary>The durations that verdicts rest on. All are measured on Health's own monotonic clock.</summary>
public sealed record VerdictLimits
{
    /// <summary>The limits the plane runs with.</summary>
    public static VerdictLimits Default { get; } = new();

    /// <summary>Without a message for longer than this a node is Suspect, however irregular it was before.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>A shorter silence is never suspect, however regular a node was before: a machine that is short of processors makes everybody late.</summary>
    public TimeSpan LeastSilence { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>Between the two, the suspicion at which a silence counts.</summary>
    public double Phi { get; init; } = 8;

    /// <summary>A node that is Suspect for silence is lost past the suspicion when it is silent for so much longer than <see cref="Silence"/>.</summary>
    public TimeSpan SilenceSuspicion { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Only so long a silence counts as a loss where witnesses are to agree. Packets lost for five seconds are sent again within seven: agreement
    /// moves work at once, so it waits for what would be heard again by itself.
    /// </summary>
    public TimeSpan SilenceCertain { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>A node whose stream broke is lost past the suspicion, and for certain, when it is not back after this.</summary>
    public TimeSpan BrokenSuspicion { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Added, after Health's start, to the limits of a node that has not reported yet. Health knows nothing of it, and what ended Health (a power cut,
    /// a restart of everything) has perhaps ended its agent, too: that is back as soon as a slow machine has started it.
    /// </summary>
    public TimeSpan StartGrace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Added, after Health stood still, to the limits of a node whose stream broke meanwhile: it has to notice that Health is back, and dial.</summary>
    public TimeSpan RedialGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a granted lease lasts, by its holder's clock from before it sent the renewal. It fences singletons, and nothing is detected by it: a loss is seen by
    /// the connection and the silence above. So it is as long as Health may be away without a singleton being stopped for it, several of its starts on a machine
    /// that is short of processors; its price is that a lost node's singleton waits for its end, which under the usual toleration it does anyway.
    /// A Health whose leases are shorter than those of the Health before it would call leases ended that still hold.
    /// </summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Waited beyond a lease before it is called ended: the two clocks' drift, and the holder's time to kill what the lease covered.</summary>
    public TimeSpan LeaseMargin { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often a node renews until its cadence is known.</summary>
    public TimeSpan FirstPeriod { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>No node is asked to renew more often.</summary>
    public TimeSpan LeastPeriod { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How many renewals a second all nodes together may send.</summary>
    public double RenewalsPerSecond { get; init; } = 4000;

    /// <summary>How often Health notes that it runs.</summary>
    public TimeSpan Tick { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>A tick that is later than this means that Health did not run.</summary>
    public TimeSpan LateTick { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Peers hang up on a Health that does not answer their keepalive for so long.</summary>
    public TimeSpan PeersPatience { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long pauses are remembered.</summary>
    public TimeSpan PauseMemory { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>What another witness than the agent's stream said longer ago says nothing of now.</summary>
    public TimeSpan WitnessFresh { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>A tunnel, or a management API, that is missing for so long is lost: shorter, and it is only being dialled again.</summary>
    public TimeSpan WitnessPatience { get; init; } = TimeSpan.FromSeconds(5);

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
