using System.Diagnostics;
using System.Net;

namespace Federation.Bench.Routes;

/// <summary>A steady load on hosts that are served all the while; whatever is not answered with 200 is a failure.</summary>
internal sealed class IngressLoad : IAsyncDisposable
{
    private const int Callers = 8;
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(5);

    private readonly CancellationTokenSource _ending;
    private readonly List<double>[] _waits = [.. Enumerable.Range(0, Callers).Select(static _ => new List<double>())];
    private readonly Task[] _callers;
    private long _failed;

    private IngressLoad(Uri ingress, int hosts, CancellationToken ct)
    {
        _ending = CancellationTokenSource.CreateLinkedTokenSource(ct);
        _callers = [.. Enumerable.Range(0, Callers).Select(caller => Task.Run(() => CallAsync(ingress, hosts, caller), ct))];
    }

    public static IngressLoad Start(Uri ingress, int hosts, CancellationToken ct) => new(ingress, hosts, ct);

    /// <summary>Forgets the waits so far; failures count all the while.</summary>
    public void BeginToCount()
    {
        foreach (List<double> waits in _waits)
            lock (waits) waits.Clear();
    }

    /// <summary>Ends it, and tells how it went.</summary>
    public async Task<(long Requests, long Failed, double P99Milliseconds)> EndAsync()
    {
        await _ending.CancelAsync();
        await Task.WhenAll(_callers);
        double[] waits = [.. _waits.SelectMany(static wait => wait).Order()];
        if (waits.Length == 0) throw new InvalidOperationException("The load made no request.");
        return (waits.Length, Interlocked.Read(ref _failed), Math.Round(waits[(int)(waits.Length * 0.99)], 2));
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await Task.WhenAll(_callers);
        _ending.Dispose();
    }

    private async Task CallAsync(Uri ingress, int hosts, int caller)
    {
        using var visitor = new IngressVisitor(ingress);
        var random = new Random(caller);
        while (!_ending.IsCancellationRequested)
        {
            long began = Stopwatch.GetTimestamp();
            try
            {
                if (await visitor.GetAsync(RoutesBenchmark.FilledHost(random.Next(hosts)), CancellationToken.None) != HttpStatusCode.OK) Interlocked.Increment(ref _failed);
            }
            catch (HttpRequestException)
            {
                Interlocked.Increment(ref _failed);
            }
            lock (_waits[caller]) _waits[caller].Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            await Task.Delay(Between, CancellationToken.None);
        }
    }
}
