using System.Globalization;
using Federation.Domain.Observation;
using Federation.Health.Liveness;

namespace Federation.Health.Verdicts;

/// <summary>
/// The rules from what was seen to a judgement. Pure: the same liveness and moment give the same judgement.
/// The agent's stream and the gateway's tunnel to the same node share a host and a process, so they count as one witness.
/// </summary>
public static class VerdictRules
{
    /// <summary>Judges a node.</summary>
    public static Judgement Judge(NodeLiveness node, Freeze freeze, TimeSpan now, VerdictLimits limits)
    {
        TimeSpan leaseEnd = LeaseEnd(node, limits);
        bool leaseEnded = now > leaseEnd;
        TimeSpan? afterLease = leaseEnded ? null : leaseEnd + TimeSpan.FromTicks(1);
        string[] evidence = Evidence(node, now);

        if (Lost(node, now, limits) is not { } loss)
        {
            if (node.LastContact is not { } last)
                return new(VerdictState.Unknown, "not reported since Health started", leaseEnded, evidence, Earliest(afterLease, limits.StartGrace + limits.Silence));
            TimeSpan silentAt = last + limits.Silence + TimeSpan.FromTicks(1);
            if (SteadyAt(node, now, limits) is { } steadyAt)
            {
                return new(VerdictState.Suspect, $"flapping: lost {limits.FlapLosses} times or more in {Seconds(limits.FlapWindow)}; needs {Seconds(limits.FlapSteady)} of unbroken contact",
                    leaseEnded, evidence, Earliest(Earliest(afterLease, silentAt), steadyAt));
            }
            return new(VerdictState.Ready, "in contact", leaseEnded, evidence, Earliest(afterLease, silentAt));
        }
        if (now < loss.NotReadyAt)
            return new(VerdictState.Suspect, loss.Reason, leaseEnded, evidence, Earliest(afterLease, loss.NotReadyAt));
        if (freeze.Clusters.Contains(node.Node.Cluster))
        {
            string frozen = string.Create(CultureInfo.InvariantCulture,
                $"{loss.Reason}; Frozen: {freeze.Clusters.Count} of {freeze.Known} clusters vanished together, so Health suspects itself and work stays for up to {Seconds(limits.FreezeDuration)}");
            return new(VerdictState.Suspect, frozen, leaseEnded, [.. evidence, "Frozen"], Earliest(afterLease, freeze.Until));
        }
        return new(VerdictState.NotReady, loss.Reason, leaseEnded, evidence, afterLease);
    }

    /// <summary>That contact is lost at <paramref name="now"/>; null while it is there, or while a node that has not reported is not yet missed.</summary>
    public static ContactLoss? Lost(NodeLiveness node, TimeSpan now, VerdictLimits limits)
    {
        if (node.LastContact is not { } last)
        {
            TimeSpan missedAt = limits.StartGrace + limits.Silence;
            return now < missedAt ? null : new(TimeSpan.Zero, missedAt + limits.SilenceSuspicion, "has not reported since Health started");
        }
        if (!node.Connected)
        {
            TimeSpan ended = node.EndedAt ?? last;
            return new(ended, ended + limits.BrokenSuspicion, node.EndReason ?? "its connection broke");
        }
        return now - last > limits.Silence
            ? new(last, last + limits.Silence + limits.SilenceSuspicion, $"silent for more than {Seconds(limits.Silence)}")
            : null;
    }

    /// <summary>Judges a cluster by its nodes: NotReady only when all of them are, Ready when one is.</summary>
    public static Judgement JudgeCluster(IReadOnlyList<Judgement> nodes)
    {
        int Count(VerdictState state) => nodes.Count(node => node.State == state);
        VerdictState result =
            Count(VerdictState.Ready) > 0 ? VerdictState.Ready
            : Count(VerdictState.Suspect) > 0 ? VerdictState.Suspect
            : Count(VerdictState.Unknown) > 0 || nodes.Count == 0 ? VerdictState.Unknown
            : VerdictState.NotReady;
        string counts = string.Join(", ", Enum.GetValues<VerdictState>()
            .Where(state => Count(state) > 0)
            .Select(state => string.Create(CultureInfo.InvariantCulture, $"{Count(state)} {state}")));
        string[] reasons = [.. nodes.Where(node => node.State == result).Select(static node => node.Reason).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        string reason = result == VerdictState.Ready
            ? string.Create(CultureInfo.InvariantCulture, $"{Count(VerdictState.Ready)} of {nodes.Count} nodes ready")
            : $"nodes: {counts} ({string.Join("; ", reasons)})";
        return new(result, reason, nodes.Count > 0 && nodes.All(static node => node.LeaseEnded),
            [.. nodes.SelectMany(static node => node.Evidence).Distinct(StringComparer.Ordinal)], nodes.Select(static node => node.NextChange).Aggregate((TimeSpan?)null, Earliest));
    }

    private static TimeSpan LeaseEnd(NodeLiveness node, VerdictLimits limits) =>
        // Before Health started another Health may have granted a lease at any moment up to the start.
        (node.LastGrant ?? TimeSpan.Zero) + limits.Lease + limits.LeaseMargin;

    private static TimeSpan? SteadyAt(NodeLiveness node, TimeSpan now, VerdictLimits limits)
    {
        if (node.SteadySince is not { } since) return null;
        TimeSpan steadyAt = since + limits.FlapSteady;
        return now < steadyAt && node.Losses.Count(loss => since - loss < limits.FlapWindow) >= limits.FlapLosses ? steadyAt : null;
    }

    private static string[] Evidence(NodeLiveness node, TimeSpan now)
    {
        string contact = node.LastContact is { } last
            ? $"{node.Node}: last message {Seconds(now - last)} ago"
            : $"{node.Node}: has not reported since Health started {Seconds(now)} ago";
        return node switch
        {
            { Connected: true } => [contact, $"{node.Node}: stream open"],
            { EndedAt: { } ended } => [contact, $"{node.Node}: {node.EndReason} {Seconds(now - ended)} ago"],
            _ => [contact],
        };
    }

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###} s");

    private static TimeSpan? Earliest(TimeSpan? a, TimeSpan? b) => a is null ? b : b is null || a < b ? a : b;
}
