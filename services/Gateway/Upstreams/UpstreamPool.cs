using System.Collections.Concurrent;
using Federation.Domain.Identifiers;
using Federation.Routing.Documents;
using Federation.Routing.Tables;

namespace Federation.Gateway.Upstreams;

/// <summary>The upstreams in use, one for each port of a replica. Thread-safe.</summary>
public sealed class UpstreamPool(IReplicaDialer dialer) : IDisposable
{
    private readonly ConcurrentDictionary<(ReplicaId Replica, string Port), Upstream> _upstreams = new();

    /// <summary>How many there are.</summary>
    public int Count => _upstreams.Count;

    /// <summary>Enters the upstream of an endpoint's port; <see cref="Upstream.Leave"/> must follow.</summary>
    public Upstream Enter(WorkloadKey service, ServiceEndpoint endpoint, EndpointPort port)
    {
        while (true)
        {
            Upstream upstream = _upstreams.GetOrAdd((endpoint.Replica, port.Name), static (_, made) => new Upstream(made.service, made.endpoint, made.port, made.dialer), (service, endpoint, port, dialer));
            if (upstream.TryEnter()) return upstream;
            // Retired in between: its place is free, or about to be.
            _upstreams.TryRemove(new KeyValuePair<(ReplicaId, string), Upstream>((endpoint.Replica, port.Name), upstream));
        }
    }

    /// <summary>Retires the upstreams of replicas that the table has no more.</summary>
    public void RetireAbsent(RouteTable table)
    {
        foreach (KeyValuePair<(ReplicaId Replica, string Port), Upstream> pair in _upstreams)
        {
            if (Holds(table.FindService(pair.Value.Service.ToString()), pair.Key.Replica)) continue;
            _upstreams.TryRemove(pair);
            pair.Value.Retire();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Upstream upstream in _upstreams.Values) upstream.Retire();
    }

    private static bool Holds(RoutedService? service, ReplicaId replica)
    {
        foreach (RoutedEndpoint endpoint in service is null ? [] : service.Endpoints)
        {
            if (endpoint.Endpoint.Replica == replica) return true;
        }
        return false;
    }
}
