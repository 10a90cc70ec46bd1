using System.Collections.Concurrent;
using Federation.Contracts.V1;
using Federation.Domain.Identifiers;
using Federation.Routing.Tables;

namespace Federation.Gateway.Traffic;

/// <summary>What replicas answer while a revision of their workload is on trial: the older ones too, as the measure of what is usual. Thread-safe.</summary>
public sealed class TrafficBook
{
    private readonly ConcurrentDictionary<(WorkloadKey Service, TemplateRevision Trial, ReplicaId Replica), Count> _counts = new();

    /// <summary>Notes how a try ended.</summary>
    /// <param name="service">The workload.</param>
    /// <param name="endpoint">Who was tried.</param>
    /// <param name="repeatable">Whether the request can be repeated elsewhere.</param>
    /// <param name="failure">How it failed, as a part of a sentence; null if it was answered well.</param>
    /// <param name="now">The moment.</param>
    public void Note(RoutedService service, RoutedEndpoint endpoint, bool repeatable, string? failure, TimeSpan now)
    {
        if (service.Trial is not { } trial) return;
        if (failure is null) endpoint.State.Trial.Answered(repeatable);
        else endpoint.State.Trial.Failed(repeatable, now);
        Count count = _counts.GetOrAdd((service.Key, trial, endpoint.Endpoint.Replica), static _ => new Count());
        lock (count)
        {
            count.Requests++;
            if (failure is null) return;
            count.Failed++;
            count.LastFailure = failure;
        }
    }

    /// <summary>The counts of the trials that the table knows; others are forgotten.</summary>
    public IReadOnlyList<ReplicaCount> Counts(RouteTable table)
    {
        var counts = new List<ReplicaCount>();
        foreach (((WorkloadKey service, TemplateRevision trial, ReplicaId replica) key, Count count) in _counts)
        {
            if (table.FindService(key.service.ToString())?.Trial != key.trial)
            {
                _counts.TryRemove(key, out _);
                continue;
            }
            lock (count)
            {
                counts.Add(new ReplicaCount
                {
                    Workload = key.service.ToString(),
                    Trial = key.trial.Value,
                    ReplicaId = key.replica.Value,
                    Requests = count.Requests,
                    Failed = count.Failed,
                    LastFailure = count.LastFailure ?? "",
                });
            }
        }
        return counts;
    }

    private sealed class Count
    {
        public long Requests { get; set; }

        public long Failed { get; set; }

        public string? LastFailure { get; set; }
    }
}
