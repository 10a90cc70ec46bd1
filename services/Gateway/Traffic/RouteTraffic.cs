using System.Collections.Concurrent;
using Federation.Contracts.Api;
using Federation.Domain.Identifiers;

namespace Federation.Gateway.Traffic;

/// <summary>
/// What each route of the ingress has carried in the last half minute, for people who look now; the metrics keep the history. A route without
/// requests in that time is forgotten. Thread-safe.
/// </summary>
public sealed class RouteTraffic(TimeProvider time)
{
    private const int SlotSeconds = 5;
    private const int Slots = 7;
    private const int MostRoutes = 10_000;

    // The last bucket has no upper bound; its requests are told as this long.
    private static readonly double[] Bounds = [0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

    private readonly long _epoch = time.GetTimestamp();
    private readonly ConcurrentDictionary<string, Ring> _rings = new(StringComparer.Ordinal);

    private TimeSpan Now => time.GetElapsedTime(_epoch);

    /// <summary>Notes an answered request.</summary>
    /// <param name="route">The route's host and path.</param>
    /// <param name="service">The workload behind it.</param>
    /// <param name="status">What was answered.</param>
    /// <param name="took">From its arrival to the end of its answer.</param>
    public void Note(string route, WorkloadKey service, int status, TimeSpan took)
    {
        long slot = (long)Now.TotalSeconds / SlotSeconds;
        if (!_rings.TryGetValue(route, out Ring? ring))
        {
            if (_rings.Count >= MostRoutes) Forget(slot);
            if (_rings.Count >= MostRoutes) return;
            ring = _rings.GetOrAdd(route, static _ => new Ring());
        }
        int bucket = Array.BinarySearch(Bounds, took.TotalSeconds);
        if (bucket < 0) bucket = ~bucket;
        ring.Note(slot, service, status >= 500, Math.Min(bucket, Bounds.Length - 1));
    }

    /// <summary>The figures of a tenant's routes, by address.</summary>
    public IReadOnlyList<RouteTrafficView> Of(TenantId tenant)
    {
        TimeSpan now = Now;
        long slot = (long)now.TotalSeconds / SlotSeconds;
        Forget(slot);
        // The present slot has only begun; before the first was full there was less to count.
        double seconds = Math.Max(1, Math.Min(now.TotalSeconds, (Slots - 1) * SlotSeconds + now.TotalSeconds % SlotSeconds));
        return [.. _rings.Select(pair => pair.Value.View(pair.Key, tenant, slot, seconds)).OfType<RouteTrafficView>().OrderBy(static view => view.Address, StringComparer.Ordinal)];
    }

    private void Forget(long slot)
    {
        foreach ((string route, Ring ring) in _rings)
            if (ring.IsIdle(slot)) _rings.TryRemove(new KeyValuePair<string, Ring>(route, ring));
    }

    private sealed class Ring
    {
        private readonly Lock _gate = new();
        private readonly Slot[] _slots = new Slot[Slots];
        private WorkloadKey? _service;
        private long _newest;

        public void Note(long number, WorkloadKey service, bool failed, int bucket)
        {
            lock (_gate)
            {
                _service = service;
                _newest = number;
                ref Slot slot = ref _slots[number % Slots];
                if (slot.Number != number || slot.Buckets is null) slot = new Slot { Number = number, Buckets = new int[Bounds.Length] };
                slot.Requests++;
                if (failed) slot.Failed++;
                slot.Buckets[bucket]++;
            }
        }

        public bool IsIdle(long now)
        {
            lock (_gate) return now - _newest >= Slots;
        }

        public RouteTrafficView? View(string address, TenantId tenant, long now, double seconds)
        {
            lock (_gate)
            {
                if (_service is not { } service || service.Tenant != tenant) return null;
                long requests = 0, failed = 0;
                long[] buckets = new long[Bounds.Length];
                foreach (Slot slot in _slots)
                {
                    if (slot.Buckets is null || now - slot.Number >= Slots) continue;
                    requests += slot.Requests;
                    failed += slot.Failed;
                    for (int i = 0; i < buckets.Length; i++) buckets[i] += slot.Buckets[i];
                }
                return requests == 0 ? null : new RouteTrafficView(address, service.Namespace, service.Name, requests / seconds, failed / seconds, Quantile(buckets, requests, 0.5), Quantile(buckets, requests, 0.99));
            }
        }

        // Between two bounds as if the requests lay evenly there.
        private static double Quantile(long[] buckets, long requests, double share)
        {
            double rank = requests * share, below = 0;
            for (int i = 0; i < buckets.Length; i++)
            {
                if (below + buckets[i] >= rank)
                {
                    double low = i == 0 ? 0 : Bounds[i - 1];
                    return low + (Bounds[i] - low) * ((rank - below) / buckets[i]);
                }
                below += buckets[i];
            }
            return Bounds[^1];
        }

        private struct Slot
        {
            public long Number;
            public int Requests;
            public int Failed;
            public int[]? Buckets;
        }
    }
}
