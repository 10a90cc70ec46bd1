using System.Collections.Concurrent;
using System.Diagnostics;

namespace Federation.Bench.Failover;

/// <summary>GETs at a constant rate, whatever becomes of those before: what a person at a door sees of a failure behind it.</summary>
internal sealed class PacedLoad : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    // What came earlier warmed up programs that had just started.
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(4);
    private readonly HttpClient _http;
    private readonly string _host;
    private readonly TimeSpan _pace;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<(TimeSpan Sent, TimeSpan Took, bool Failed)> _requests = new();
    private readonly long _epoch = Stopwatch.GetTimestamp();
    private readonly Task _sending;

    private PacedLoad(Uri door, string host, int perSecond)
    {
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = 1_000 }) { BaseAddress = door, Timeout = Patience };
        _host = host;
        _pace = TimeSpan.FromSeconds(1) / perSecond;
        _sending = Task.Run(SendAllAsync);
    }

    public static PacedLoad Start(Uri door, string host, int perSecond) => new(door, host, perSecond);

    /// <summary>The moment, on the load's own clock.</summary>
    public TimeSpan Now => Stopwatch.GetElapsedTime(_epoch);

    /// <summary>Sends no more, waits for what is under way, and says what became of those sent from a moment on.</summary>
    public async Task<LoadOutcome> EndAsync(TimeSpan failure)
    {
        await _stop.CancelAsync();
        await _sending;
        double[] before = [.. _requests.Where(request => request.Sent >= failure - Usual && request.Sent + request.Took < failure).Select(static request => request.Took.TotalMilliseconds).Order()];
        double usual = before.Length == 0 ? 0 : before[(int)(before.Length * 0.99)];
        double late = 50 + (2 * usual);
        var after = _requests.Where(request => request.Sent + request.Took >= failure).OrderBy(static request => request.Sent).ToList();
        var disturbed = after.Where(request => request.Failed || request.Took.TotalMilliseconds > late).ToList();
        return new(
            after.Count, after.Count(static request => request.Failed), usual, after.Max(static request => request.Took.TotalMilliseconds),
            disturbed.Count == 0 ? 0 : Math.Max(0, (disturbed[^1].Sent - failure).TotalMilliseconds));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _sending;
        _http.Dispose();
        _stop.Dispose();
    }

    private async Task SendAllAsync()
    {
        var underWay = new List<Task>();
        using var timer = new PeriodicTimer(_pace);
        while (!_stop.IsCancellationRequested)
        {
            underWay.RemoveAll(static task => task.IsCompleted);
            underWay.Add(SendAsync());
            await timer.WaitForNextTickAsync();
        }
        await Task.WhenAll(underWay);
    }

    private async Task SendAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/bytes/128");
        request.Headers.Host = _host;
        TimeSpan sent = Now;
        bool failed = false;
        try
        {
            using HttpResponseMessage answer = await _http.SendAsync(request);
            failed = !answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            failed = true;
        }
        _requests.Enqueue((sent, Now - sent, failed));
    }
}
