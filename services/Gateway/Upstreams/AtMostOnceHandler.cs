namespace Federation.Gateway.Upstreams;

/// <summary>
/// Keeps the client underneath from sending a request again by itself that may have been executed: it repeats one without content when a kept
/// connection closes before the answer. A content, though empty, forbids that.
/// </summary>
public sealed class AtMostOnceHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Content is null && request.Method != HttpMethod.Connect && (request.Method == HttpMethod.Post || request.Method == HttpMethod.Patch))
            request.Content = new ByteArrayContent([]);
        return base.SendAsync(request, cancellationToken);
    }
}
