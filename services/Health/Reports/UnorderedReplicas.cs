using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;

namespace Federation.Health.Service.Reports;

/// <summary>
/// Finds replicas that are reported though nobody ordered them. An order and what comes of it are seen at different moments, so that only what stays so
/// for a while is told. Such a replica gets no traffic and is never touched. Not thread-safe.
/// </summary>
public sealed class UnorderedReplicas
{
    /// <summary>How long a replica must be without its order.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly Dictionary<ReplicaId, (TimeSpan Since, bool Told)> _seen = [];

    /// <summary>Those to be told of now: each once, as long as it stays so.</summary>
    /// <param name="replicas">All that are reported.</param>
    /// <param name="order">Looks up an order; null if there is none.</param>
    /// <param name="now">The moment.</param>
    public IReadOnlyList<ReplicaObservation> Look(IEnumerable<ReplicaObservation> replicas, Func<AssignmentId, Assignment?> order, TimeSpan now)
    {
        var fresh = new List<ReplicaObservation>();
        var still = new HashSet<ReplicaId>();
        foreach (ReplicaObservation replica in replicas)
        {
            if (!replica.Running || Ordered(replica, order(replica.Assignment))) continue;
            still.Add(replica.Id);
            if (!_seen.TryGetValue(replica.Id, out (TimeSpan Since, bool Told) seen)) _seen[replica.Id] = (now, false);
            else if (!seen.Told && now - seen.Since >= Patience)
            {
                _seen[replica.Id] = (seen.Since, true);
                fresh.Add(replica);
            }
        }
        foreach (ReplicaId gone in _seen.Keys.Where(id => !still.Contains(id)).ToArray()) _seen.Remove(gone);
        return fresh;
    }

    private static bool Ordered(ReplicaObservation replica, Assignment? order) =>
        order is not null && order.Workload == replica.Workload && order.Cluster == replica.Cluster && (order.Node is null || order.Node == replica.Node);
}
