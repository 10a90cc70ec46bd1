using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Federation.Contracts.Api;
using Federation.Domain.Clusters;
using Federation.Domain.Json;
using Federation.Domain.Observation;
using Federation.Domain.Resources;

namespace Federation.AppHost;

/// <summary>Registers the sample clusters through the API, as a person would with fedctl, and hands their nodes the tokens to join.</summary>
internal sealed class SampleWorld(LocalState state, EndpointReference api, EndpointReference ingress) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(10) };
    private readonly SemaphoreSlim _gate = new(1);
    private (string ClientId, string ClientSecret)? _administrator;
    private (string Token, DateTimeOffset Until) _token;
    private (long Taken, IReadOnlyList<Cluster> Clusters) _seen;

    /// <summary>Applies the clusters (again, without effect) and writes the context file for fedctl.</summary>
    public async Task ApplyClustersAsync(CancellationToken ct)
    {
        foreach (SampleCluster sample in SampleCluster.All)
        {
            var cluster = new Cluster
            {
                Metadata = new ResourceMetadata { Name = sample.Name, Labels = new Dictionary<string, string> { ["region"] = sample.Region, ["provider"] = sample.Provider } },
                Spec = new ClusterSpec { Kind = ClusterKind.Node },
            };
            // Made once: a later change by the person at the screen (a taint, a cordon) stays.
            await AskAsync(() => new(HttpMethod.Put, $"/v1/clusters/{sample.Name}")
            {
                Content = JsonContent.Create(cluster, options: DomainJson.Options),
                Headers = { { "If-None-Match", "*" } },
            }, HttpStatusCode.PreconditionFailed, ct);
        }
        await WriteContextAsync(ct);
    }

    /// <summary>Gives a node without a certificate a fresh join token.</summary>
    public async Task OfferJoinTokenAsync(EnvironmentCallbackContext agent, string cluster, string node)
    {
        string file = state.NodeToken(cluster, node);
        agent.EnvironmentVariables["Agent__JoinTokenFile"] = file;
        if (Directory.Exists(state.OfNode(cluster, node)) && Directory.EnumerateFiles(state.OfNode(cluster, node), "*.pem", SearchOption.AllDirectories).Any()) return;
        JsonNode? reply = await AskAsync(() => new(HttpMethod.Post, "/v1/jointokens")
        {
            Content = JsonContent.Create(new JoinTokenRequest(cluster, node, null), options: DomainJson.Options),
        }, HttpStatusCode.Created, agent.CancellationToken);
        await OwnerOnly.WriteAsync(file, reply.Deserialize<JoinTokenReply>(DomainJson.Options)!.Token, agent.CancellationToken);
    }

    /// <summary>Whether the plane itself calls the node ready.</summary>
    public async Task<bool> IsReadyAsync(string cluster, string node, CancellationToken ct)
    {
        Cluster? seen = (await ClustersAsync(ct)).FirstOrDefault(candidate => candidate.Metadata.Name == cluster);
        return seen?.Status is { State: VerdictState.Ready, NodeList: { } nodes } && nodes.Any(summary => summary.Name == node && summary.State == VerdictState.Ready);
    }

    /// <summary>What is printed once everything is ready.</summary>
    public Task<string> DescribeAsync(TimeSpan elapsed, CancellationToken ct) => Task.FromResult($"""

        Federation is ready ({elapsed.TotalSeconds:0.0} s)

          API      {api.Url}
          Ingress  {ingress.Url}   (by host: curl -H 'Host: shop.localhost' {ingress.Url}/)
          State    {state.Root}

        Next:
          ./fedctl get clusters
          ./fedctl apply -f examples/shop
          curl -H 'Host: shop.localhost' {ingress.Url}/

        Ctrl-C stops everything.

        """);

    public void Dispose()
    {
        _http.Dispose();
        _gate.Dispose();
    }

    private async Task<IReadOnlyList<Cluster>> ClustersAsync(CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            // Asked for by every node's check.
            if (_seen.Clusters is not null && TimeProvider.System.GetElapsedTime(_seen.Taken) < TimeSpan.FromMilliseconds(200)) return _seen.Clusters;
        }
        finally
        {
            _gate.Release();
        }
        JsonNode? list = await AskAsync(() => new(HttpMethod.Get, "/v1/clusters"), HttpStatusCode.OK, ct);
        Cluster[] clusters = list?["items"].Deserialize<Cluster[]>(DomainJson.Options) ?? [];
        _seen = (TimeProvider.System.GetTimestamp(), clusters);
        return clusters;
    }

    private async Task WriteContextAsync(CancellationToken ct)
    {
        (string id, string secret) = await AdministratorAsync(ct);
        var context = new JsonObject
        {
            ["current"] = "local",
            ["contexts"] = new JsonObject
            {
                ["local"] = new JsonObject { ["server"] = api.Url, ["tenant"] = "default", ["namespace"] = "default", ["clientId"] = id, ["clientSecret"] = secret },
            },
        };
        await OwnerOnly.WriteAsync(state.ContextFile, context.ToJsonString(DomainJson.Indented), ct);
    }

    // Asked until it succeeds: behind the gateway the other services are still starting.
    private async Task<JsonNode?> AskAsync(Func<HttpRequestMessage> make, HttpStatusCode alsoFine, CancellationToken ct)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            string failure;
            try
            {
                using HttpRequestMessage request = make();
                request.RequestUri = new Uri(new Uri(api.Url), request.RequestUri!);
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await TokenAsync(ct));
                using HttpResponseMessage reply = await _http.SendAsync(request, ct);
                string body = await reply.Content.ReadAsStringAsync(ct);
                if (reply.IsSuccessStatusCode || reply.StatusCode == alsoFine) return body.Length == 0 ? null : JsonNode.Parse(body);
                failure = $"{request.Method} {request.RequestUri} answers {(int)reply.StatusCode}: {body}";
                if ((int)reply.StatusCode is >= 400 and < 500 and not (404 or 429)) throw new DistributedApplicationException(failure);
            }
            catch (HttpRequestException unreachable)
            {
                failure = unreachable.Message;
            }
            if (TimeProvider.System.GetElapsedTime(start) > Patience) throw new DistributedApplicationException($"the sample world could not be made: {failure}");
            await Task.Delay(200, ct);
        }
    }

    private async Task<string> TokenAsync(CancellationToken ct)
    {
        if (_token.Until > DateTimeOffset.UtcNow) return _token.Token;
        (string id, string secret) = await AdministratorAsync(ct);
        using var form = new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("client_id", id), new("client_secret", secret)]);
        using HttpResponseMessage reply = await _http.PostAsync(new Uri(new Uri(api.Url), "/oauth2/token"), form, ct);
        reply.EnsureSuccessStatusCode();
        TokenReply token = (await reply.Content.ReadFromJsonAsync<TokenReply>(DomainJson.Options, ct))!;
        _token = (token.AccessToken, DateTimeOffset.UtcNow.AddSeconds(token.ExpiresIn * 0.8));
        return token.AccessToken;
    }

    private async Task<(string ClientId, string ClientSecret)> AdministratorAsync(CancellationToken ct)
    {
        if (_administrator is { } known) return known;
        JsonNode file = JsonNode.Parse(await File.ReadAllTextAsync(state.Administrator, ct))!;
        (string, string) read = (file["clientId"]!.GetValue<string>(), file["clientSecret"]!.GetValue<string>());
        _administrator = read;
        return read;
    }
}
