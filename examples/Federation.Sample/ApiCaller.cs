using System.Text.Json.Nodes;

namespace Federation.Sample;

/// <summary>
/// Calls the api by its name. Name and load are the mesh's matter: the Agent sets HTTP_PROXY, which HttpClient follows,
/// so that <c>http://api/</c> reaches a ready replica in whichever cluster.
/// </summary>
internal sealed class ApiCaller : IDisposable
{
    private readonly HttpClient? _http;

    public ApiCaller()
    {
        if (Environment.GetEnvironmentVariable("API_ADDRESS") is not { Length: > 0 } address) return;
        var handler = new SocketsHttpHandler { PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30), PreAuthenticate = true };
        _http = new HttpClient(handler) { BaseAddress = new Uri(address), Timeout = TimeSpan.FromSeconds(10) };
    }

    public bool Configured => _http is not null;

    public async Task<JsonNode?> GetAsync(CancellationToken ct)
    {
        using HttpResponseMessage reply = await _http!.GetAsync("/", ct);
        reply.EnsureSuccessStatusCode();
        return JsonNode.Parse(await reply.Content.ReadAsByteArrayAsync(ct));
    }

    public Task<HttpResponseMessage> OrderAsync(string id, CancellationToken ct) =>
        _http!.PostAsync($"/orders?id={Uri.EscapeDataString(id)}", content: null, ct);

    public void Dispose() => _http?.Dispose();
}
