using System.Net.Http.Headers;

namespace Federation.Client;

public sealed partial class FederationClient
{
    /// <summary>Calls the API as it stands, for what has no method of its own.</summary>
    /// <param name="method">The HTTP method; all but POST are tried again while a service restarts.</param>
    /// <param name="path">Path and query from the root: <c>/v1/keys/signing/rotate</c>. The tenant that the client acts for is added unless it names one.</param>
    /// <param name="json">The body, sent as <c>application/json</c>; none if null.</param>
    /// <param name="ct">Ends the call.</param>
    /// <returns>The body of the answer as it came.</returns>
    /// <exception cref="ArgumentException">The path does not begin with one slash, so that it could lead to another host.</exception>
    /// <exception cref="ApiException">It was refused.</exception>
    /// <exception cref="PlaneUnreachableException">Nobody answered.</exception>
    public async Task<byte[]> SendRawAsync(HttpMethod method, string path, byte[]? json = null, CancellationToken ct = default)
    {
        if (path is not ['/', ..] || path.StartsWith("//", StringComparison.Ordinal)) throw new ArgumentException("a path begins with one slash, as /v1/clusters", nameof(path));
        bool hasQuery = path.Contains('?', StringComparison.Ordinal);
        string target = _options.Tenant is not { } tenant || (hasQuery && path[path.IndexOf('?', StringComparison.Ordinal)..].Split('?', '&').Any(static part => part.StartsWith("tenant=", StringComparison.Ordinal)))
            ? path
            : $"{path}{(hasQuery ? '&' : '?')}tenant={Uri.EscapeDataString(tenant)}";
        using HttpResponseMessage response = await _sender.SendAsync(Make, stream: false, ct);
        return await response.Content.ReadAsByteArrayAsync(ct);

        HttpRequestMessage Make()
        {
            var request = new HttpRequestMessage(method, target[1..]);
            if (json is not null) request.Content = new ByteArrayContent(json) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
            return request;
        }
    }
}
