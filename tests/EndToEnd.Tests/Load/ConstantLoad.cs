using System.Collections.Concurrent;

namespace EndToEnd.Tests.Load;

/// <summary>Requests to a host at the ingress in a constant rhythm, whatever becomes of them: a GET, then a POST with an id of its own, and so on.</summary>
internal sealed class ConstantLoad : IAsyncDisposable
{
    private static readonly TimeSpan Rhythm = TimeSpan.FromMilliseconds(25);
    private readonly HttpClient _http;
    private readonly string _host;
    private readonly bool _orders;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<LoadRequest> _ended = new();
    private readonly Task _loop;

    private ConstantLoad(Uri ingress, string host, bool orders)
    {
        _orders = orders;
        _http = new HttpClient { BaseAddress = ingress, Timeout = TimeSpan.FromSeconds(30) };
        _host = host;
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Begins.</summary>
    /// <param name="ingress">Where.</param>
    /// <param name="host">Whom.</param>
    /// <param name="orders">Whether every second request is a POST.</param>
    public static ConstantLoad Start(Uri ingress, string host, bool orders = true) => new(ingress, host, orders);

    /// <summary>What has ended so far.</summary>
    public IReadOnlyCollection<LoadRequest> Ended => _ended;

    /// <summary>Waits for another so many answers: that traffic flows.</summary>
    public async Task FlowsAsync(int answers)
    {
        int before = _ended.Count(request => request.Failure is null);
        await Planes.Eventually.TrueAsync($"{answers} more answers", () => Task.FromResult(_ended.Count(request => request.Failure is null) >= before + answers));
    }

    /// <summary>Sends no more, waits for what is under way, and gives all of it.</summary>
    public async Task<IReadOnlyList<LoadRequest>> EndAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        return [.. _ended.OrderBy(request => request.Start)];
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _http.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        var underWay = new List<Task>();
        using var timer = new PeriodicTimer(Rhythm);
        for (bool post = false; !_stop.IsCancellationRequested; post = _orders && !post)
        {
            underWay.RemoveAll(task => task.IsCompleted);
            underWay.Add(SendAsync(post ? $"order-{Guid.NewGuid():N}" : null));
            await timer.WaitForNextTickAsync();
        }
        await Task.WhenAll(underWay);
    }

    private async Task SendAsync(string? order)
    {
        using var request = new HttpRequestMessage(order is null ? HttpMethod.Get : HttpMethod.Post, order is null ? "/" : $"/orders?id={order}");
        request.Headers.Host = _host;
        DateTimeOffset start = DateTimeOffset.UtcNow;
        string? failure = null;
        try
        {
            using HttpResponseMessage answer = await _http.SendAsync(request);
            string text = await answer.Content.ReadAsStringAsync();
            if (!answer.IsSuccessStatusCode) failure = $"{(int)answer.StatusCode} {text}";
        }
        catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException)
        {
            failure = $"{fault.Message} {fault.InnerException?.Message}";
        }
        _ended.Enqueue(new LoadRequest(start, DateTimeOffset.UtcNow, order, failure));
    }
}
