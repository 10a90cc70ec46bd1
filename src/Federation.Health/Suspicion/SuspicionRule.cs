using Federation.Health.Liveness;

namespace Federation.Health.Suspicion;

/// <summary>How long a node may be silent before it is suspect, and how often it is to renew its lease: both follow what was measured, between hard bounds.</summary>
public static class SuspicionRule
{
    /// <summary>The silence beyond which a node is suspect. Until enough of its renewals were seen it is the longest one.</summary>
    public static TimeSpan Window(NodeLiveness node, VerdictLimits limits)
    {
        if (!node.Cadence.IsKnown) return limits.Silence;
        TimeSpan window = PhiAccrual.SilenceAt(limits.Phi, node.Cadence);
        // Two renewals that get lost are no silence, however regular they were.
        TimeSpan three = node.Period * 3;
        if (window < three) window = three;
        return window < limits.LeastSilence ? limits.LeastSilence : window > limits.Silence ? limits.Silence : window;
    }

    /// <summary>
    /// How often a node is to renew: not so often that scatter makes the difference, nor that all nodes together are a load, and never so
    /// seldom that three renewals do not fit into the longest silence.
    /// </summary>
    /// <param name="cadence">How its renewals come in.</param>
    /// <param name="nodes">How many nodes renew.</param>
    /// <param name="limits">The bounds.</param>
    public static TimeSpan Period(Cadence cadence, int nodes, VerdictLimits limits)
    {
        if (!cadence.IsKnown) return limits.FirstPeriod;
        double seconds = Math.Max(4 * cadence.Deviation, nodes / limits.RenewalsPerSecond);
        TimeSpan most = limits.Silence / 3;
        return seconds <= limits.LeastPeriod.TotalSeconds ? limits.LeastPeriod : seconds >= most.TotalSeconds ? most : TimeSpan.FromSeconds(seconds);
    }
}
