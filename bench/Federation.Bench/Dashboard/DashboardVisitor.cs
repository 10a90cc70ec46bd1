using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Federation.Client.Contexts;

namespace Federation.Bench.Dashboard;

/// <summary>A browser's requests: one session, connections kept open.</summary>
internal sealed partial class DashboardVisitor(Uri site) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, CookieContainer = new CookieContainer() }) { BaseAddress = site };

    /// <summary>Signs in, and says where the site's icon is.</summary>
    public async Task<string> SignInAsync(ClientContext account, CancellationToken ct)
    {
        string form = await _http.GetStringAsync(new Uri("/sign-in", UriKind.Relative), ct);
        Match token = FormToken().Match(form);
        using var content = new FormUrlEncodedContent(
        [
            new(token.Groups[1].Value, token.Groups[2].Value),
            new("clientId", account.ClientId),
            new("clientSecret", account.ClientSecret),
        ]);
        using HttpResponseMessage answer = await _http.PostAsync(new Uri("/sign-in", UriKind.Relative), content, ct);
        if (!(await answer.Content.ReadAsStringAsync(ct)).Contains("Overview", StringComparison.Ordinal)) throw new InvalidOperationException("signing in to the dashboard did not lead to its overview");
        return Icon().Match(form).Groups[1].Value;
    }

    /// <summary>Opens a page's stream, as its script does.</summary>
    public async Task<Stream> FollowAsync(string page, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, page);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        HttpResponseMessage answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        answer.EnsureSuccessStatusCode();
        Stream stream = await answer.Content.ReadAsStreamAsync(ct);
        // Read on, so that nothing piles up.
        _ = stream.CopyToAsync(Stream.Null, ct).ContinueWith(static end => _ = end.Exception, TaskScheduler.Default);
        return stream;
    }

    /// <summary>Gets a page; the wait ends with the first byte of its body.</summary>
    public async Task<(TimeSpan FirstByte, int Bytes)> GetAsync(string page, CancellationToken ct)
    {
        byte[] buffer = new byte[64 * 1024];
        long began = Stopwatch.GetTimestamp();
        using var request = new HttpRequestMessage(HttpMethod.Get, page);
        using HttpResponseMessage answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        await using Stream body = await answer.Content.ReadAsStreamAsync(ct);
        int bytes = await body.ReadAsync(buffer, ct);
        TimeSpan first = Stopwatch.GetElapsedTime(began);
        answer.EnsureSuccessStatusCode();
        for (int more; (more = await body.ReadAsync(buffer, ct)) > 0;) bytes += more;
        return (first, bytes);
    }

    public void Dispose() => _http.Dispose();

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]+)\"")]
    private static partial Regex FormToken();

    [GeneratedRegex("href=\"([^\"]+icon\\.svg)\"")]
    private static partial Regex Icon();
}
