using System.Collections.Concurrent;
using Federation.Client;
using Federation.Client.Resources;
using Federation.Contracts.Api;
using Federation.Dashboard.Parts;
using Federation.Domain.Clusters;
using Federation.Domain.Tenancy;
using Federation.Domain.Workloads;
using Route = Federation.Domain.Routing.Route;

namespace Federation.Dashboard.Planes;

/// <summary>The plane as one account sees it in one tenant: its client, and the parts that its open pages show.</summary>
internal sealed class PlaneConnection : IDisposable
{
    private const int MostDetails = 200;
    private readonly CancellationTokenSource _lifetime = new();
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, IPart> _details = new();
    private long _used;

    public PlaneConnection(FederationClient client, TimeProvider time)
    {
        Client = client;
        _time = time;
        _used = time.GetTimestamp();
        Clusters = Make(0.5, async ct => (await client.ListAsync<Cluster>(ct: ct)).Items);
        Workloads = Make(1, async ct => (await client.ListAsync<Workload>(Everywhere, ct)).Items);
        Routes = Make(2, async ct => (await client.ListAsync<Route>(Everywhere, ct)).Items);
        Traffic = Make(2, client.TrafficAsync);
        Namespaces = Make(5, async ct => (await client.ListAsync<Namespace>(ct: ct)).Items);
        Events = Make(1, ct => client.EventsAsync(allNamespaces: true, ct: ct));
        Tenants = Make(5, client.TenantsAsync);
        Accounts = Make(5, client.ServiceAccountsAsync);
    }

    private static readonly ListQuery Everywhere = new() { AllNamespaces = true, PageSize = 5000 };

    public FederationClient Client { get; }

    public Part<IReadOnlyList<Cluster>> Clusters { get; }

    public Part<IReadOnlyList<Workload>> Workloads { get; }

    public Part<IReadOnlyList<Route>> Routes { get; }

    public Part<IReadOnlyList<RouteTrafficView>> Traffic { get; }

    public Part<IReadOnlyList<Namespace>> Namespaces { get; }

    public Part<IReadOnlyList<EventRecord>> Events { get; }

    public Part<IReadOnlyList<TenantView>> Tenants { get; }

    public Part<IReadOnlyList<ServiceAccountView>> Accounts { get; }

    public Part<Cluster> Cluster(string name) => Detail(0.5, $"cluster {name}", ct => Client.GetAsync<Cluster>(name, ct: ct));

    public Part<IReadOnlyList<ReplicaView>> ReplicasIn(string cluster) => Detail(1, $"replicas in {cluster}", ct => Client.AllReplicasAsync(cluster, ct));

    public Part<Workload> Workload(string inNamespace, string name) =>
        Detail(0.5, $"workload {inNamespace}/{name}", ct => Client.GetAsync<Workload>(name, inNamespace, ct));

    public Part<IReadOnlyList<ReplicaView>> ReplicasOf(string inNamespace, string name) =>
        Detail(0.5, $"replicas of {inNamespace}/{name}", ct => Client.ReplicasAsync(name, inNamespace, ct));

    public Part<Explanation> Explanation(string inNamespace, string name) =>
        Detail(2, $"explanation of {inNamespace}/{name}", ct => Client.ExplainAsync(name, inNamespace, ct));

    public Part<IReadOnlyList<RevisionView>> Revisions(string inNamespace, string name) =>
        Detail(2, $"revisions of {inNamespace}/{name}", ct => Client.RevisionsAsync(name, inNamespace, ct));

    /// <summary>How long nobody has used it.</summary>
    public TimeSpan Unused => _time.GetElapsedTime(Interlocked.Read(ref _used));

    public void Touch() => Interlocked.Exchange(ref _used, _time.GetTimestamp());

    /// <summary>Begins to read what every page shows, so that the first page finds it.</summary>
    public void WarmUp()
    {
        foreach (IPart part in (IPart[])[Clusters, Workloads, Routes, Events, Namespaces]) part.Follow().Dispose();
    }

    public void Dispose()
    {
        _lifetime.Cancel();
        Client.Dispose();
        _lifetime.Dispose();
    }

    private Part<T> Make<T>(double seconds, Func<CancellationToken, Task<T>> read) where T : class =>
        new(read, new PartPace(TimeSpan.FromSeconds(seconds)), _time, _lifetime.Token);

    private Part<T> Detail<T>(double seconds, string key, Func<CancellationToken, Task<T>> read) where T : class
    {
        if (_details.Count > MostDetails)
        {
            foreach ((string old, IPart part) in _details)
                if (part.Idle) _details.TryRemove(old, out _);
        }
        return (Part<T>)_details.GetOrAdd(key, _ => Make(seconds, read));
    }
}
