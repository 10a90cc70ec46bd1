namespace Federation.Routing.Tables;

/// <summary>
/// How far an endpoint of a revision on trial has shown that it answers. Repeatable requests prove it: nobody sees one fail, so they come first, one
/// at a time. Of the others it gets one in 128, and twice as many with each that it answers well. Thread-safe.
/// </summary>
public sealed class EndpointTrial
{
    /// <summary>Repeatable requests answered well, since the last failure, that prove it.</summary>
    public const int Proof = 10;

    /// <summary>Of the requests that cannot be repeated it gets one in this many at first.</summary>
    public const int FirstShare = 128;

    /// <summary>Failures in a row that hold it back for a while.</summary>
    public const int FailuresToHold = 3;

    private static readonly TimeSpan Hold = TimeSpan.FromSeconds(1);

    private readonly object _gate = new();
    private int _answered;
    private int _share = FirstShare;
    private int _turn;
    private int _failures;
    private long _heldUntil;

    /// <summary>Whether it is held back at this moment, for failures.</summary>
    public bool Held(TimeSpan now) => Volatile.Read(ref _heldUntil) > now.Ticks;

    /// <summary>Whether it takes its part as every other endpoint.</summary>
    /// <param name="repeatable">Of requests that can be repeated, or of the others.</param>
    /// <param name="endpoints">How many endpoints there are.</param>
    public bool Proven(bool repeatable, int endpoints) => repeatable ? Volatile.Read(ref _answered) >= Proof : Volatile.Read(ref _share) <= Math.Max(1, endpoints);

    /// <summary>Whether this request is the one that tries it.</summary>
    /// <param name="repeatable">Whether the request can be repeated elsewhere.</param>
    /// <param name="outstanding">Its requests in flight.</param>
    /// <param name="now">The moment.</param>
    public bool Due(bool repeatable, int outstanding, TimeSpan now)
    {
        if (Held(now)) return false;
        if (repeatable) return outstanding == 0 && Volatile.Read(ref _answered) < Proof;
        int share = Volatile.Read(ref _share);
        return share > 1 && (uint)Interlocked.Increment(ref _turn) % (uint)share == 0;
    }

    /// <summary>It answered well.</summary>
    public void Answered(bool repeatable)
    {
        lock (_gate)
        {
            _failures = 0;
            if (repeatable) _answered = Math.Min(_answered + 1, Proof);
            else _share = Math.Max(1, _share / 2);
        }
    }

    /// <summary>It failed a request.</summary>
    public void Failed(bool repeatable, TimeSpan now)
    {
        lock (_gate)
        {
            if (repeatable) _answered = 0;
            else _share = FirstShare;
            if (++_failures >= FailuresToHold) Volatile.Write(ref _heldUntil, (now + Hold).Ticks);
        }
    }
}
