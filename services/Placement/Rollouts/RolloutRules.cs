using System.Globalization;
using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;

namespace Federation.Placement.Rollouts;

/// <summary>
/// Judges a revision on its way by what its replicas do: whether it has failed, and where it is proven. Pure. A replica's word that it is ready is
/// the beginning: then it serves, and answers to real requests count; only where there are none does time stand in for them.
/// </summary>
public static class RolloutRules
{
    /// <summary>Failed requests below which no share says anything.</summary>
    public const int LeastFailures = 3;

    /// <summary>Requests answered well that prove an order's replicas.</summary>
    public const int EnoughAnswers = 10;

    // A share of failures that is too large, of too few requests to call it one, is watched this many times as long.
    private const int DoubtfulPatience = 10;

    /// <summary>Judges.</summary>
    public static RolloutJudgement Judge(RolloutInput input)
    {
        Assignment[] orders = [.. input.Orders.Where(order => order.State == AssignmentState.Active && order.Revision == input.Revision)];
        ReplicaObservation[] replicas = [.. input.Targets.SelectMany(static target => target.Replicas).Where(replica => replica.Revision == input.Revision)];
        string? failure = FailedAnswers(input, replicas) ?? Crashes(replicas) ?? EndedBadly(replicas) ?? NoProgress(input, replicas);
        if (failure is not null) return new(failure, new HashSet<AssignmentId>(), null);

        TimeSpan? again = orders.Length > 0 ? TimeSpan.FromSeconds(input.Update.ProgressDeadlineSeconds) - input.Quiet : null;
        var proven = new HashSet<AssignmentId>();
        bool provenElsewhere = orders.Any(static order => !order.Trial);
        bool traffic = input.Traffic.Any(static seen => seen.Requests > 0);
        foreach (Assignment order in orders.Where(static order => order.Trial))
        {
            if (order.Replicas > 0 && replicas.Count(replica => replica.Assignment == order.Id && replica is { State: ReplicaState.Ended, Succeeded: true }) >= order.Replicas)
            {
                proven.Add(order.Id);
                continue;
            }
            if (order.Replicas > 0 && !input.ReadyFor.ContainsKey(order.Id)) continue;
            (long requests, long failed) = Count(input.Traffic, replicas.Where(replica => replica.Assignment == order.Id));
            bool doubtful = TooMany(input, requests, failed);
            TimeSpan patience = TimeSpan.FromSeconds(input.Update.ObserveSeconds * (doubtful ? DoubtfulPatience : 1));
            TimeSpan left = patience - input.ReadyFor.GetValueOrDefault(order.Id);
            if (order.Replicas == 0 || left <= TimeSpan.Zero || (!doubtful && requests >= EnoughAnswers) || (provenElsewhere && !traffic)) proven.Add(order.Id);
            else if (again is null || left < again) again = left;
        }
        return new(null, proven, again);
    }

    private static string? FailedAnswers(RolloutInput input, ReplicaObservation[] replicas)
    {
        (long requests, long failed) = Count(input.Traffic, replicas);
        if (failed < LeastFailures || !TooMany(input, requests, failed)) return null;
        var failing = (from replica in replicas
                       let seen = input.Traffic.FirstOrDefault(seen => seen.Replica == replica.Id)
                       where seen?.Failed > 0
                       orderby seen.Failed descending, replica.Id
                       select (Replica: replica, Seen: seen)).ToArray();
        string how = failing[0].Seen.ByGateway.Values.Select(static count => count.LastFailure).FirstOrDefault(static text => text is not null) ?? "failed";
        string[] places = [.. failing.Select(static entry => Place(entry.Replica)).Distinct()];
        string where = places.Length == 1 ? places[0] : string.Create(CultureInfo.InvariantCulture, $"{places[0]} and {places.Length - 1} more");
        TimeSpan within = failing.Max(entry => input.ReadyFor.GetValueOrDefault(entry.Replica.Assignment));
        return string.Create(CultureInfo.InvariantCulture, $"{failed} of {requests} requests {how} on {where} within {Math.Max(1, Math.Ceiling(within.TotalSeconds)):0} s");
    }

    private static string? Crashes(ReplicaObservation[] replicas)
    {
        ReplicaObservation? crashing = replicas.Where(static replica => replica.CrashLoops).MaxBy(static replica => replica.Restarts);
        return crashing is null ? null : string.Create(CultureInfo.InvariantCulture,
            $"a replica on {Place(crashing)} ended {crashing.Restarts + 1} times: {crashing.LastEnd ?? crashing.Message ?? "it does not say why"}");
    }

    /// <summary>A replica that ended with a failure and is not started again by its policy, as a sentence; null if there is none.</summary>
    public static string? EndedBadly(IEnumerable<ReplicaObservation> replicas)
    {
        ReplicaObservation? ended = replicas.Where(static replica => replica is { State: ReplicaState.Ended, Succeeded: false }).MinBy(static replica => replica.Id);
        return ended is null ? null : $"a replica on {Place(ended)} ended and is not restarted: {ended.LastEnd ?? "it does not say why"}";
    }

    private static string? NoProgress(RolloutInput input, ReplicaObservation[] replicas)
    {
        if (input.Quiet < TimeSpan.FromSeconds(input.Update.ProgressDeadlineSeconds)) return null;
        ReplicaObservation? late = replicas.FirstOrDefault(static replica => replica.State is not (ReplicaState.Ready or ReplicaState.Draining or ReplicaState.Stopping));
        string why = late is null ? "no replica of it came" : $"a replica on {Place(late)} is {late.State}: {late.Message ?? late.LastEnd ?? "it does not say why"}";
        return string.Create(CultureInfo.InvariantCulture, $"no progress within {input.Update.ProgressDeadlineSeconds} s; {why}");
    }

    // Failures that older replicas have as well are not the new template's.
    private static bool TooMany(RolloutInput input, long requests, long failed)
    {
        if (failed == 0) return false;
        (long othersRequests, long othersFailed) = Count(input.Traffic, input.Targets.SelectMany(static target => target.Replicas).Where(replica => replica.Revision != input.Revision));
        double usual = othersRequests == 0 ? 0 : (double)othersFailed / othersRequests;
        return ((double)failed / requests) - usual > input.Update.MaxFailureRatio;
    }

    private static (long Requests, long Failed) Count(IReadOnlyList<ReplicaTraffic> traffic, IEnumerable<ReplicaObservation> of)
    {
        HashSet<ReplicaId> ids = [.. of.Select(static replica => replica.Id)];
        ReplicaTraffic[] theirs = [.. traffic.Where(seen => ids.Contains(seen.Replica))];
        return (theirs.Sum(static seen => seen.Requests), theirs.Sum(static seen => seen.Failed));
    }

    private static string Place(ReplicaObservation replica) => replica.Node is { } node ? $"{replica.Cluster}/{node}" : $"{replica.Cluster}";
}
