using System.Collections.Concurrent;
using Federation.Domain.Chance;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Routing.Documents;

namespace Federation.Routing.Tables;

/// <summary>
/// Turns Health's documents into tables, change by change: the cost of <see cref="Commit"/> is that of what changed. Not thread-safe but for
/// <see cref="Reach"/>; the tables are.
/// When Health starts anew (<see cref="BeginHistory"/>), what the last table held stays until the new history knows better: routes and workloads
/// until it is complete, a node's endpoints until that node has reported.
/// </summary>
/// <param name="chance">Where each workload's rotation begins, so that several gateways do not move in step.</param>
public sealed class RouteTableBuilder(IChance chance)
{
    private readonly Dictionary<string, SortedDictionary<string, RouteEntry>> _routesByHost = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RouteEntry> _routes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ServiceEndpoints> _services = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<ServiceEndpoint>> _carried = new(StringComparer.Ordinal);
    private readonly HashSet<NodeKey> _reported = [];
    private readonly ConcurrentDictionary<NodeKey, NodeReach> _reaches = new();
    private readonly HashSet<string> _unconfirmedRoutes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _unconfirmedServices = new(StringComparer.Ordinal);
    private readonly HashSet<string> _changedHosts = new(StringComparer.Ordinal);
    private readonly HashSet<string> _changedServices = new(StringComparer.Ordinal);
    private bool _complete;

    /// <summary>The newest table.</summary>
    public RouteTable Current { get; private set; } = RouteTable.Empty;

    /// <summary>The way to a node; one object for ever, made if need be. Thread-safe: tunnels come and go on other threads.</summary>
    public NodeReach Reach(NodeKey node) => _reaches.GetOrAdd(node, static key => new NodeReach(key));

    /// <summary>Health has another history than before (or this is the first): nothing held is confirmed by it yet.</summary>
    public void BeginHistory()
    {
        _complete = false;
        _reported.Clear();
        _unconfirmedRoutes.UnionWith(_routes.Keys);
        _unconfirmedServices.UnionWith(_services.Keys);
        _carried.Clear();
        foreach (RoutedService service in Current.AllServices())
        {
            if (service.Endpoints.Length > 0) _carried[service.Key.ToString()] = [.. service.Endpoints.ToArray().Select(static endpoint => endpoint.Endpoint)];
        }
        // A judgement of the old history holds no more; what comes first is Unknown.
        foreach (NodeReach reach in _reaches.Values) reach.Verdict = VerdictState.Unknown;
    }

    /// <summary>A route is new or changed.</summary>
    public void Put(RouteEntry entry)
    {
        _unconfirmedRoutes.Remove(entry.Key);
        if (_routes.TryGetValue(entry.Key, out RouteEntry? before) && before == entry) return;
        _routes[entry.Key] = entry;
        if (!_routesByHost.TryGetValue(entry.Host, out SortedDictionary<string, RouteEntry>? ofHost))
            _routesByHost[entry.Host] = ofHost = new SortedDictionary<string, RouteEntry>(StringComparer.Ordinal);
        ofHost[entry.Path] = entry;
        _changedHosts.Add(entry.Host);
    }

    /// <summary>A route is gone. While the history is not complete its absence says nothing, and it stays.</summary>
    public void RemoveRoute(string key)
    {
        if (_complete) Drop(key);
        else if (_routes.ContainsKey(key)) _unconfirmedRoutes.Add(key);
    }

    /// <summary>A workload's endpoints are new or changed.</summary>
    public void Put(ServiceEndpoints service)
    {
        string key = service.Service.ToString();
        _unconfirmedServices.Remove(key);
        _services[key] = service;
        _changedServices.Add(key);
    }

    /// <summary>A workload is gone. While the history is not complete its absence says nothing, and it stays.</summary>
    public void RemoveService(string key)
    {
        if (_complete) DropService(key);
        else if (_services.ContainsKey(key)) _unconfirmedServices.Add(key);
    }

    /// <summary>A node has reported, and the endpoints put since the history began take that into account: those carried over for it end.</summary>
    public void Reported(NodeKey node)
    {
        if (!_reported.Add(node)) return;
        foreach ((string key, IReadOnlyList<ServiceEndpoint> endpoints) in _carried)
        {
            if (endpoints.Any(endpoint => endpoint.Node == node)) _changedServices.Add(key);
        }
    }

    /// <summary>Health's judgement of a node; null takes it back. Counts at once, in every table.</summary>
    public void Judge(NodeKey node, VerdictState? verdict) => Reach(node).Verdict = verdict ?? VerdictState.Unknown;

    /// <summary>Whether Health has all routes and workloads: from then on those it has not named are gone.</summary>
    public void SetComplete(bool complete) => _complete = complete;

    /// <summary>Makes the next table, or returns the present one if nothing changed.</summary>
    public RouteTable Commit()
    {
        if (_complete)
        {
            foreach (string key in _unconfirmedRoutes) Drop(key);
            _unconfirmedRoutes.Clear();
            foreach (string key in _unconfirmedServices) DropService(key);
            _unconfirmedServices.Clear();
        }
        if (_changedHosts.Count == 0 && _changedServices.Count == 0) return Current;

        var hosts = new List<KeyValuePair<string, HostRoutes?>>();
        var wildcards = new List<KeyValuePair<string, HostRoutes?>>();
        foreach (string host in _changedHosts)
        {
            HostRoutes? routes = _routesByHost.TryGetValue(host, out SortedDictionary<string, RouteEntry>? entries) ? new HostRoutes(entries.Values) : null;
            if (host.StartsWith("*.", StringComparison.Ordinal)) wildcards.Add(new(host[2..], routes));
            else hosts.Add(new(host, routes));
        }
        RouteTable before = Current;
        var services = new List<KeyValuePair<string, RoutedService?>>();
        foreach (string key in _changedServices) services.Add(new(key, Resolve(before, key)));
        Current = before.Next(hosts, wildcards, services);
        _changedHosts.Clear();
        _changedServices.Clear();
        return Current;
    }

    private RoutedService? Resolve(RouteTable before, string key)
    {
        if (!_services.TryGetValue(key, out ServiceEndpoints? document)) return null;
        var endpoints = new SortedDictionary<ReplicaId, ServiceEndpoint>();
        if (_carried.TryGetValue(key, out IReadOnlyList<ServiceEndpoint>? carried))
        {
            ServiceEndpoint[] still = [.. carried.Where(endpoint => !_reported.Contains(endpoint.Node))];
            if (still.Length == 0) _carried.Remove(key);
            else _carried[key] = still;
            foreach (ServiceEndpoint endpoint in still) endpoints[endpoint.Replica] = endpoint;
        }
        foreach (ServiceEndpoint endpoint in document.Endpoints) endpoints[endpoint.Replica] = endpoint;

        RoutedService? old = before.FindService(key);
        var known = new Dictionary<ReplicaId, RoutedEndpoint>();
        foreach (RoutedEndpoint endpoint in old is null ? [] : old.Endpoints) known[endpoint.Endpoint.Replica] = endpoint;
        RoutedEndpoint[] routed =
        [
            .. endpoints.Values.Select(endpoint => known.TryGetValue(endpoint.Replica, out RoutedEndpoint? same)
                ? same.Endpoint.Equals(endpoint) ? same : new RoutedEndpoint(endpoint, same.State, Reach(endpoint.Node))
                : new RoutedEndpoint(endpoint, new EndpointState(), Reach(endpoint.Node))),
        ];
        return new RoutedService(document.Service, document.Trial, routed, old?.SharedRotation ?? new RoutedService.Rotation(chance.Next(int.MaxValue)));
    }

    private void Drop(string key)
    {
        if (!_routes.Remove(key, out RouteEntry? entry)) return;
        SortedDictionary<string, RouteEntry> ofHost = _routesByHost[entry.Host];
        ofHost.Remove(entry.Path);
        if (ofHost.Count == 0) _routesByHost.Remove(entry.Host);
        _changedHosts.Add(entry.Host);
    }

    private void DropService(string key)
    {
        if (!_services.Remove(key)) return;
        _carried.Remove(key);
        _changedServices.Add(key);
    }
}
