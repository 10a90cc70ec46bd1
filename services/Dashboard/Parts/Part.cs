using System.Net;
using System.Text.Json;
using Federation.Client;

namespace Federation.Dashboard.Parts;

/// <summary>
/// One part of the plane's state as one account sees it. The plane's watches tell changes of declarations, not of what is observed, so
/// the part is read again and again: quickly while an open page follows it, slowly for a while after, then not at all.
/// </summary>
internal sealed class Part<T>(Func<CancellationToken, Task<T>> read, PartPace pace, TimeProvider time, CancellationToken lifetime) : IPart where T : class
{
    private readonly Lock _gate = new();
    private Reading<T> _current = new(null, null, null);
    private TaskCompletionSource _changed = NewSource();
    private TaskCompletionSource _hurry = NewSource();
    private bool _running;
    private bool _again;
    private int _followers;
    private long _asked = time.GetTimestamp();

    public Task Changed
    {
        get { lock (_gate) return _changed.Task; }
    }

    public bool Idle
    {
        get { lock (_gate) return !_running && _followers == 0; }
    }

    /// <summary>The newest reading; one that is missing or old is waited for, but no longer than the patience.</summary>
    public async Task<Reading<T>> GetAsync(TimeSpan patience, CancellationToken ct)
    {
        Task next;
        lock (_gate)
        {
            _asked = time.GetTimestamp();
            Start();
            if (_current.At is { } at && time.GetUtcNow() - at < PartPace.Fresh) return _current;
            next = _changed.Task;
            _hurry.TrySetResult();
        }
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await Task.WhenAny(next, Task.Delay(patience, time, ending.Token));
        await ending.CancelAsync();
        ct.ThrowIfCancellationRequested();
        lock (_gate) return _current;
    }

    /// <summary>Reads anew at once: something was just written.</summary>
    public void Hurry()
    {
        lock (_gate)
        {
            _current = _current with { At = null };
            // A read that is under way may have begun before the write.
            _again = true;
            _hurry.TrySetResult();
        }
    }

    public IDisposable Follow()
    {
        lock (_gate)
        {
            _followers++;
            Start();
            _hurry.TrySetResult();
        }
        return new Following(this);
    }

    private void Unfollow()
    {
        lock (_gate)
        {
            _followers--;
            _asked = time.GetTimestamp();
        }
    }

    private void Start()
    {
        if (_running || lifetime.IsCancellationRequested) return;
        _running = true;
        // The loop outlives the request that began it.
        using (ExecutionContext.SuppressFlow()) Running = Task.Run(RunAsync, CancellationToken.None);
    }

    /// <summary>The loop, for whoever must see its end.</summary>
    public Task Running { get; private set; } = Task.CompletedTask;

    private async Task RunAsync()
    {
        while (true)
        {
            long began = time.GetTimestamp();
            Reading<T>? next = await ReadAsync();
            TimeSpan cost = time.GetElapsedTime(began);
            Task hurry;
            bool followed;
            lock (_gate)
            {
                if (next is null)
                {
                    _running = false;
                    return;
                }
                _current = next;
                _changed.TrySetResult();
                _changed = NewSource();
                followed = _followers > 0;
                if (!followed && time.GetElapsedTime(_asked) > PartPace.Linger)
                {
                    _running = false;
                    return;
                }
                if (_hurry.Task.IsCompleted && !_again) _hurry = NewSource();
                _again = false;
                hurry = _hurry.Task;
            }
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(lifetime);
            await Task.WhenAny(hurry, Task.Delay(pace.Pause(followed, cost), time, ending.Token));
            await ending.CancelAsync();
        }
    }

    // Null: the dashboard is ending.
    private async Task<Reading<T>?> ReadAsync()
    {
        try
        {
            return new(await read(lifetime), time.GetUtcNow(), null);
        }
        catch (OperationCanceledException) when (lifetime.IsCancellationRequested)
        {
            return null;
        }
        catch (PlaneUnreachableException e)
        {
            return _current with { Fault = new PartFault.Away(e.InnerException?.Message ?? e.Message) };
        }
        catch (Exception e) when (e is JsonException or HttpRequestException or IOException or OperationCanceledException)
        {
            return _current with { Fault = new PartFault.Away(e.Message) };
        }
        catch (ApiException e)
        {
            string message = e.Detail ?? e.Title;
            return e.Status switch
            {
                HttpStatusCode.NotFound => new(null, null, new PartFault.Absent(message)),
                HttpStatusCode.Unauthorized => new(null, null, new PartFault.SignedOut(message)),
                HttpStatusCode.Forbidden => new(null, null, new PartFault.Forbidden(message)),
                HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => _current with { Fault = new PartFault.Away(message) },
                _ => _current with { Fault = new PartFault.Refused(message) },
            };
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class Following(Part<T> part) : IDisposable
    {
        private int _disposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0) part.Unfollow();
        }
    }
}
