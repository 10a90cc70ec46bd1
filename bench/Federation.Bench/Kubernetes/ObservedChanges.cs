using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Federation.Adapters;
using Federation.Domain.Identifiers;
using Federation.Domain.Json;
using Federation.Domain.Observation;

namespace Federation.Bench.Kubernetes;

/// <summary>How long after each change of a replica an observation showed it. A replica says by the time of its start when it was changed.</summary>
internal sealed class ObservedChanges
{
    private readonly Lock _gate = new();
    private readonly List<double> _milliseconds = [];
    private Dictionary<ReplicaId, DateTimeOffset> _starts = [], _before = [];
    private ClusterObservationSet? _last;
    private int _sets;

    public void Take(ClusterObservationSet set, DateTimeOffset now)
    {
        lock (_gate)
        {
            bool first = _last is null;
            // The same two again and again: what measures is not to be what is measured.
            (_starts, _before) = (_before, _starts);
            _starts.Clear();
            foreach (ReplicaObservation replica in set.Replicas)
            {
                if (replica.StartedAt is not { } started) continue;
                _starts[replica.Id] = started;
                if (!first && (!_before.TryGetValue(replica.Id, out DateTimeOffset had) || had != started)) _milliseconds.Add((now - started).TotalMilliseconds);
            }
            _last = set;
            _sets++;
        }
    }

    /// <summary>Forgets what came so far.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            _milliseconds.Clear();
            _sets = 0;
        }
    }

    /// <summary>What came since it began: how many changes, the median, the 99th percentile and the most of their milliseconds, how many observations; and a digest of the last one.</summary>
    public string Tell()
    {
        lock (_gate)
        {
            double[] sorted = [.. _milliseconds.Order()];
            return string.Create(CultureInfo.InvariantCulture, $"{sorted.Length} {At(0.5):0.0} {At(0.99):0.0} {At(1):0.0} {_sets} {Digest()}");

            double At(double share) => sorted.Length == 0 ? 0 : sorted[(int)Math.Min(sorted.Length - 1, sorted.Length * share)];
        }
    }

    // Of all that was observed, but for the number that the set has.
    private string Digest() => _last is not { } last ? "none" : Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(new { last.Nodes, last.Replicas }, DomainJson.Options)));
}
