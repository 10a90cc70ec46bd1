namespace Federation.Routing.Tables;

/// <summary>
/// What a gateway has learnt of an endpoint by using it. Shared by all tables that hold the endpoint. Thread-safe. Moments are of one monotonic
/// clock that the caller chooses.
/// </summary>
public sealed class EndpointState
{
    /// <summary>Failures to connect, in a row, that take the endpoint out.</summary>
    public const int FailuresToEject = 3;

    private static readonly TimeSpan FirstEjection = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestEjection = TimeSpan.FromSeconds(30);

    private readonly object _gate = new();
    private int _outstanding;
    private int _failures;
    private int _ejections;
    private long _ejectedUntil;

    /// <summary>How far the endpoint has shown that it answers, where it runs a revision on trial.</summary>
    public EndpointTrial Trial { get; } = new();

    /// <summary>Requests in flight.</summary>
    public int Outstanding => Volatile.Read(ref _outstanding);

    /// <summary>A request is about to be sent.</summary>
    public void Begin() => Interlocked.Increment(ref _outstanding);

    /// <summary>The request is over.</summary>
    public void End() => Interlocked.Decrement(ref _outstanding);

    /// <summary>Whether it is taken out at this moment.</summary>
    public bool Ejected(TimeSpan now) => Volatile.Read(ref _ejectedUntil) > now.Ticks;

    /// <summary>It answered: all earlier failures are forgotten.</summary>
    public void Succeeded()
    {
        if (Volatile.Read(ref _failures) == 0) return;
        lock (_gate)
        {
            _failures = 0;
            _ejections = 0;
            Volatile.Write(ref _ejectedUntil, 0);
        }
    }

    /// <summary>
    /// It could not be connected to. The third failure in a row takes it out for a while; when that is over the next request tries it, and another
    /// failure takes it out for twice as long.
    /// </summary>
    public void ConnectFailed(TimeSpan now)
    {
        lock (_gate)
        {
            if (Ejected(now)) return;
            if (++_failures < FailuresToEject) return;
            TimeSpan pause = FirstEjection * Math.Pow(2, Math.Min(_ejections++, 10));
            Volatile.Write(ref _ejectedUntil, (now + (pause < LongestEjection ? pause : LongestEjection)).Ticks);
        }
    }
}
