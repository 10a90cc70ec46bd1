namespace Federation.Adapters.Node.Leases;

/// <summary>
/// The node's lease on its singletons, by this machine's monotonic clock alone: it lasts from before the renewal was sent, so that it ends here
/// no later than whoever granted it believes. Thread-safe.
/// </summary>
/// <param name="time">The clock. On a machine it is <see cref="BootTime"/>.</param>
public sealed class LeaseKeeper(TimeProvider time)
{
    /// <summary>How much before its end the lease counts as ended here: the time it takes to end a process surely.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromSeconds(1);

    private const int MostOutstanding = 128;

    private readonly object _gate = new();
    private readonly Queue<(long Renewal, long SentAt)> _outstanding = new();
    private long _renewals;
    private long _endsAt = long.MinValue;
    private long _heldSince;

    /// <summary>How long singletons may still run; zero or less when they may not.</summary>
    public TimeSpan Remaining
    {
        get
        {
            lock (_gate) return _endsAt == long.MinValue ? TimeSpan.Zero : Between(time.GetTimestamp(), _endsAt);
        }
    }

    /// <summary>How long the lease has been held without a gap; zero if it is not held.</summary>
    public TimeSpan HeldFor
    {
        get
        {
            lock (_gate)
            {
                long now = time.GetTimestamp();
                return _endsAt > now ? Between(_heldSince, now) : TimeSpan.Zero;
            }
        }
    }

    /// <summary>Notes that a renewal is about to be sent, and gives its number. Call before the sending.</summary>
    public long BeginRenewal()
    {
        lock (_gate)
        {
            _outstanding.Enqueue((++_renewals, time.GetTimestamp()));
            if (_outstanding.Count > MostOutstanding) _outstanding.Dequeue();
            return _renewals;
        }
    }

    /// <summary>Takes over a grant; one for a renewal that is not outstanding is without effect.</summary>
    public void Granted(long renewal, TimeSpan duration)
    {
        lock (_gate)
        {
            while (_outstanding.TryPeek(out (long Renewal, long SentAt) oldest) && oldest.Renewal < renewal) _outstanding.Dequeue();
            if (!_outstanding.TryPeek(out (long Renewal, long SentAt) granted) || granted.Renewal != renewal) return;
            _outstanding.Dequeue();
            long now = time.GetTimestamp();
            long endsAt = granted.SentAt + (long)((duration - Margin).TotalSeconds * time.TimestampFrequency);
            if (endsAt <= now || endsAt <= _endsAt) return;
            if (_endsAt <= now) _heldSince = now;
            _endsAt = endsAt;
        }
    }

    private TimeSpan Between(long from, long to) => TimeSpan.FromSeconds((to - from) / (double)time.TimestampFrequency);
}
