using System.Text.Json.Nodes;
using Federation.Client;
using Federation.Client.Contexts;
using Federation.Contracts.Api;
using Federation.Domain.Clusters;
using Federation.Domain.Observation;
using Federation.Domain.Resources;

namespace Federation.AppHost;

/// <summary>Registers the sample clusters through the API, as a person would with fedctl, and hands their nodes the tokens to join.</summary>
internal sealed class SampleWorld(IReadOnlyList<SampleCluster> samples, LocalState state, EndpointReference api, EndpointReference ingress) : IDisposable
{
    // Behind the gateway the other services may still be starting.
    private static readonly FederationClientOptions Patient = new() { RetryFor = TimeSpan.FromSeconds(60) };
    private static readonly TimeSpan FreshFor = TimeSpan.FromMilliseconds(200);
    private readonly Lazy<FederationClient> _client = new(() => FederationClient.Create(Administrator(state, api), Patient));
    private readonly SemaphoreSlim _gate = new(1);
    private (long Taken, IReadOnlyList<Cluster> Clusters)? _seen;

    /// <summary>Registers the clusters that are not there yet, and writes the context file for fedctl.</summary>
    public async Task ApplyClustersAsync(CancellationToken ct)
    {
        foreach (SampleCluster sample in samples)
        {
            var cluster = new Cluster
            {
                Metadata = new ResourceMetadata { Name = sample.Name, Labels = new Dictionary<string, string> { ["region"] = sample.Region, ["provider"] = sample.Provider } },
                // As in a cloud, each node stands in a zone of its own with an uplink of its own: both gone are two witnesses. The edge has one box.
                Spec = new ClusterSpec { FailureDomains = [.. sample.Nodes.Select((node, zone) => new FailureDomain { Name = $"{sample.Name}-zone-{zone + 1}", Nodes = [node] })] },
            };
            // Made once: what the person at the screen changed since (a taint, a cordon) stays.
            if (await _client.Value.FindAsync(ResourceKind.Of<Cluster>(), sample.Name, ct: ct) is null) await _client.Value.ApplyAsync(cluster, ct: ct);
        }
        new ContextFile().With("local", Administrator(state, api) with { Tenant = "default", Namespace = "default" }, makeCurrent: true).Save(state.ContextFile);
    }

    /// <summary>Gives a node that has not joined yet a fresh join token.</summary>
    public async Task OfferJoinTokenAsync(EnvironmentCallbackContext agent, string cluster, string node)
    {
        string file = state.NodeToken(cluster, node);
        agent.EnvironmentVariables["Agent__JoinTokenFile"] = file;
        string own = state.OfNode(cluster, node);
        if (Directory.Exists(own) && Directory.EnumerateFiles(own, "*.pem", SearchOption.AllDirectories).Any()) return;
        JoinTokenReply reply = await _client.Value.CreateJoinTokenAsync(new JoinTokenRequest(cluster, node, null), agent.CancellationToken);
        await OwnerOnly.WriteAsync(file, reply.Token, agent.CancellationToken);
    }

    /// <summary>Whether the plane itself calls the node ready.</summary>
    public async Task<bool> IsReadyAsync(string cluster, string node, CancellationToken ct)
    {
        Cluster? seen = (await ClustersAsync(ct)).FirstOrDefault(candidate => candidate.Metadata.Name == cluster);
        return seen?.Status is { State: { } state, NodeList: { } nodes } && state.IsInContact() && nodes.Any(summary => summary.Name == node && summary.State.IsInContact());
    }

    /// <summary>What is printed once everything is ready.</summary>
    public Task<string> DescribeAsync(TimeSpan elapsed, CancellationToken ct) => Task.FromResult($"""

        Federation is ready ({elapsed.TotalSeconds:0.0} s)

          API        {api.Url}
          Ingress    {ingress.Url}
          Dashboard  {api.Url}/ (sign in with the clientId and clientSecret in {state.ContextFile})
          State      {state.Root}

        Next:
          ./fedctl get clusters
          ./fedctl apply -f examples/shop
          curl -H 'Host: shop.localhost' {ingress.Url}/

        Ctrl-C stops everything.

        """);

    public void Dispose()
    {
        if (_client.IsValueCreated) _client.Value.Dispose();
        _gate.Dispose();
    }

    // One list serves the checks of all nodes.
    private async Task<IReadOnlyList<Cluster>> ClustersAsync(CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            if (_seen is not { } seen || TimeProvider.System.GetElapsedTime(seen.Taken) > FreshFor)
                _seen = seen = (TimeProvider.System.GetTimestamp(), (await _client.Value.ListAsync<Cluster>(ct: ct)).Items);
            return seen.Clusters;
        }
        finally
        {
            _gate.Release();
        }
    }

    private static ClientContext Administrator(LocalState state, EndpointReference api)
    {
        JsonNode file = JsonNode.Parse(File.ReadAllText(state.Administrator))!;
        return new ClientContext { Server = new Uri(api.Url), ClientId = file["clientId"]!.GetValue<string>(), ClientSecret = file["clientSecret"]!.GetValue<string>() };
    }
}
