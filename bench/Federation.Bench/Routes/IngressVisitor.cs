using System.Diagnostics;
using System.Net;

namespace Federation.Bench.Routes;

/// <summary>Asks the ingress for hosts, over one kept connection at a time.</summary>
internal sealed class IngressVisitor(Uri ingress) : IDisposable
{
    // Asking without a pause would be a load of its own, of a whole core.
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(1);

    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false });

    public async Task<HttpStatusCode> GetAsync(string host, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(ingress, "/bytes/128")) { Headers = { Host = host } };
        using HttpResponseMessage response = await _http.SendAsync(request, ct);
        await response.Content.CopyToAsync(Stream.Null, ct);
        return response.StatusCode;
    }

    /// <summary>Asks until the host is served, or is no more; gives the moment at which the answer that says so was there, a pause of a millisecond late at most.</summary>
    public async Task<long> WaitAsync(string host, bool served, TimeSpan patience, CancellationToken ct)
    {
        long began = Stopwatch.GetTimestamp();
        while (true)
        {
            HttpStatusCode status = await GetAsync(host, ct);
            long now = Stopwatch.GetTimestamp();
            if (status == (served ? HttpStatusCode.OK : HttpStatusCode.NotFound)) return now;
            if (Stopwatch.GetElapsedTime(began, now) > patience) throw new InvalidOperationException($"host {host} is still answered with {(int)status} after {patience.TotalSeconds:0} s");
            await Task.Delay(Between, ct);
        }
    }

    public void Dispose() => _http.Dispose();
}
