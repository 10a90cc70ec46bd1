using System.Globalization;
using Federation.Domain.Observation;
using Federation.Health.Liveness;
using Federation.Health.Suspicion;
using Federation.Health.Witnesses;

namespace Federation.Health.Verdicts;

/// <summary>
/// The rules from what was seen to a judgement. Pure: the same liveness, statements and moment give the same judgement.
/// An agent's stream decides whether a node is in contact; what else is seen of it and its cluster decides how sure a loss is.
/// </summary>
public static class VerdictRules
{
    /// <summary>Judges a node.</summary>
    /// <param name="node">What was seen of it.</param>
    /// <param name="watch">When Health itself was awake.</param>
    /// <param name="freeze">What is held.</param>
    /// <param name="seen">What its witnesses say.</param>
    /// <param name="ofNode">How far they agree.</param>
    /// <param name="ofCluster">How far those of its whole cluster agree.</param>
    /// <param name="now">The moment.</param>
    /// <param name="limits">The durations.</param>
    public static Judgement Judge(
        NodeLiveness node, OwnWatch watch, Freeze freeze, IReadOnlyList<Testimony> seen, Agreement ofNode, Agreement ofCluster, TimeSpan now, VerdictLimits limits)
    {
        TimeSpan leaseEnd = LeaseEnd(node, limits);
        bool leaseEnded = now > leaseEnd;
        TimeSpan? afterLease = leaseEnded ? null : leaseEnd + TimeSpan.FromTicks(1);
        string[] evidence = [.. Evidence(node, now), .. seen.Where(static testimony => testimony.Kind != WitnessKind.Agent).Select(static testimony => testimony.ToString())];

        if (Lost(node, watch, now, limits) is not { } loss)
        {
            if (node.LastContact is not { } last)
                return new(VerdictState.Unknown, "not reported since Health started", leaseEnded, evidence, Earliest(afterLease, limits.StartGrace + limits.Silence));
            TimeSpan? silentAt = Earliest(afterLease, last + watch.Missed(last, now) + SuspicionRule.Window(node, limits) + TimeSpan.FromTicks(1));
            if (SteadyAt(node, now, limits) is { } steadyAt)
            {
                return new(VerdictState.Suspect, $"flapping: lost {limits.FlapLosses} times or more in {Seconds(limits.FlapWindow)}; needs {Seconds(limits.FlapSteady)} of unbroken contact",
                    leaseEnded, evidence, Earliest(silentAt, steadyAt));
            }
            // One that obeys is never lost: what others miss keeps traffic and new work away, and no more.
            foreach (Testimony testimony in seen)
            {
                if (testimony is not { Kind: WitnessKind.Tunnel or WitnessKind.ManagementApi, Lost: true, CertainAt: { } certainAt }) continue;
                if (now >= certainAt) return new(VerdictState.Suspect, $"its agent reports, but {testimony.Name} says: {testimony.Says}", leaseEnded, evidence, silentAt);
                silentAt = Earliest(silentAt, certainAt);
            }
            return new(VerdictState.Ready, "in contact", leaseEnded, evidence, silentAt);
        }
        if (now < loss.LostAt)
            return new(VerdictState.Suspect, loss.Reason, leaseEnded, evidence, Earliest(afterLease, loss.LostAt));
        TimeSpan? next = Earliest(afterLease, Earliest(ofNode.NextChange, ofCluster.NextChange));
        if (freeze.Clusters.Contains(node.Node.Cluster))
        {
            string frozen = string.Create(CultureInfo.InvariantCulture,
                $"{loss.Reason}; Frozen: {freeze.Clusters.Count} of {freeze.Known} clusters vanished together, so Health suspects itself and work stays for up to {Seconds(limits.FreezeDuration)}");
            return new(VerdictState.Suspect, frozen, leaseEnded, [.. evidence, "Frozen"], Earliest(next, freeze.Until));
        }
        if (ofCluster.Reached)
            return new(VerdictState.NotReady, $"{loss.Reason}; its cluster is lost: {Agreed(ofCluster)}", leaseEnded, evidence, next);
        if (ofNode.Reached)
            return new(VerdictState.NotReady, $"{loss.Reason}; {Agreed(ofNode)}", leaseEnded, evidence, next);
        string alone = ofNode.Against is { } against
            ? $"{against} still sees it"
            : "one witness alone says so";
        return new(VerdictState.Unreachable, $"{loss.Reason}; {alone}, so work stays for its toleration", leaseEnded, evidence, next);
    }

    /// <summary>That contact is lost at <paramref name="now"/>; null while it is there, or while a node that has not reported is not yet missed.</summary>
    public static ContactLoss? Lost(NodeLiveness node, OwnWatch watch, TimeSpan now, VerdictLimits limits)
    {
        if (node.LastContact is not { } last)
        {
            TimeSpan missedAt = limits.StartGrace + limits.Silence;
            return now < missedAt ? null : new(TimeSpan.Zero, missedAt + limits.SilenceSuspicion, limits.StartGrace + limits.SilenceCertain, "has not reported since Health started");
        }
        TimeSpan window = SuspicionRule.Window(node, limits);
        TimeSpan missed = watch.Missed(last, now);
        TimeSpan lostAt = last + missed + limits.Silence + limits.SilenceSuspicion, certainAt = last + missed + limits.SilenceCertain;
        if (node.Connected)
            return now - last - missed > window ? new(last, lostAt, certainAt, $"silent for more than {Seconds(Round(window))}") : null;

        TimeSpan ended = node.EndedAt ?? last;
        string reason = node.EndReason ?? "its connection broke";
        TimeSpan brokenAt = ended + limits.BrokenSuspicion;
        // Who is silent is hung up on at some time: the end of such a connection tells no more than the silence did.
        bool afterSilence = ended - last - watch.Missed(last, ended) > Latest(limits.LeastSilence, node.Period * 2);
        (lostAt, certainAt) = afterSilence ? (Latest(brokenAt, lostAt), Latest(brokenAt, certainAt)) : (brokenAt, brokenAt);
        if (watch.ExcusedUntil(ended, limits) is { } excused)
            return new(ended, Latest(lostAt, excused), Latest(certainAt, excused), $"{reason} while Health stood still");
        return new(afterSilence ? last : ended, lostAt, certainAt, afterSilence ? $"{reason} after a silence" : reason);
    }

    /// <summary>
    /// Judges a cluster by its nodes, its management API and its declaration: lost only when all its nodes are, in contact when one is. An agent that drives a cluster
    /// from outside obeys for it only as long as the management API does: without it the cluster is unreachable, though its agent reports and its replicas may answer.
    /// </summary>
    /// <param name="nodes">Its nodes' judgements.</param>
    /// <param name="management">What is said of its management API; null if nothing is.</param>
    /// <param name="agreement">How far all its witnesses agree.</param>
    /// <param name="declared">Draining or Cordoned, where it is declared so; else null.</param>
    /// <param name="now">The moment.</param>
    /// <param name="limits">The durations.</param>
    public static Judgement JudgeCluster(IReadOnlyList<Judgement> nodes, Testimony? management, Agreement agreement, VerdictState? declared, TimeSpan now, VerdictLimits limits)
    {
        int Count(VerdictState state) => nodes.Count(node => node.State == state);
        VerdictState result =
            nodes.Any(static node => node.State.IsInContact()) ? VerdictState.Ready
            : Count(VerdictState.Suspect) > 0 ? VerdictState.Suspect
            : Count(VerdictState.Unknown) > 0 || nodes.Count == 0 ? VerdictState.Unknown
            : Count(VerdictState.NotReady) == nodes.Count ? VerdictState.NotReady
            : VerdictState.Unreachable;
        string counts = string.Join(", ", Enum.GetValues<VerdictState>()
            .Where(state => Count(state) > 0)
            .Select(state => string.Create(CultureInfo.InvariantCulture, $"{Count(state)} {state}")));
        string[] reasons = [.. nodes.Where(node => node.State == result).Select(static node => node.Reason).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        string reason = result == VerdictState.Ready
            ? string.Create(CultureInfo.InvariantCulture, $"{nodes.Count(static node => node.State.IsInContact())} of {nodes.Count} nodes ready")
            : $"nodes: {counts} ({string.Join("; ", reasons)})";
        if (result == VerdictState.NotReady && agreement.Reached) reason = $"{Agreed(agreement)} ({string.Join("; ", reasons.Select(static text => text.Split("; ")[0]).Distinct(StringComparer.Ordinal))})";
        TimeSpan? next = nodes.Select(static node => node.NextChange).Aggregate((TimeSpan?)null, Earliest);
        if (management is { Lost: true, CertainAt: { } certainAt } && result == VerdictState.Ready)
        {
            TimeSpan unreachableAt = certainAt + limits.SilenceSuspicion;
            string silent = $"{reason}, but {management.Name} says: {management.Says}";
            if (now >= unreachableAt) (result, reason) = (VerdictState.Unreachable, $"{silent}; nothing is obeyed there, so work stays for its toleration");
            else if (now >= certainAt) (result, reason) = (VerdictState.Suspect, silent);
            if (now < unreachableAt) next = Earliest(next, now < certainAt ? certainAt : unreachableAt);
        }
        string[] evidence = [.. nodes.SelectMany(static node => node.Evidence).Distinct(StringComparer.Ordinal), .. management is null ? Array.Empty<string>() : [management.ToString()]];
        return AsDeclared(new(result, reason, nodes.Count > 0 && nodes.All(static node => node.LeaseEnded), evidence, next), declared);
    }

    /// <summary>What is declared of a place shows where contact is good; a doubt or a loss goes before it.</summary>
    /// <param name="judgement">The judgement by what was seen.</param>
    /// <param name="declared">Draining or Cordoned, where it is declared so; else null.</param>
    public static Judgement AsDeclared(Judgement judgement, VerdictState? declared) => declared is { } state && judgement.State == VerdictState.Ready
        ? judgement with { State = state, Reason = $"declared {(state == VerdictState.Draining ? "draining" : "cordoned")}; {judgement.Reason}" }
        : judgement;

    /// <summary>A duration, for a person.</summary>
    internal static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###} s");

    internal static TimeSpan? Earliest(TimeSpan? a, TimeSpan? b) => a is null ? b : b is null || a < b ? a : b;

    private static string Agreed(Agreement agreement) =>
        string.Create(CultureInfo.InvariantCulture, $"{agreement.Lost} independent witnesses agree");

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

    // To a tenth: the reason stays the same text while a window hardly changes.
    private static TimeSpan Round(TimeSpan time) => TimeSpan.FromSeconds(Math.Round(time.TotalSeconds, 1));

    private static TimeSpan Latest(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
