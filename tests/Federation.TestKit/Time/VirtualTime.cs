namespace Federation.TestKit.Time;

/// <summary>
/// A clock that stands still until it is advanced. Timers fire in order of their due time, then of their creation; the wall clock may be
/// moved apart from the monotonic one, as a machine's clock jumps.
/// </summary>
public sealed class VirtualTime : TimeProvider
{
    private readonly Lock _gate = new();

    // A timer that was disposed or armed anew leaves its old entry behind, which is passed over when its turn comes.
    private readonly PriorityQueue<Armed, (long Due, long Sequence)> _timers = new();
    private long _ticks;
    private long _sequence;
    private DateTimeOffset _wallAtZero = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>When the next timer is due, in ticks of the monotonic clock; null if there is none.</summary>
    public long? NextDue
    {
        get { lock (_gate) return Next()?.Due; }
    }

    /// <inheritdoc/>
    public override long GetTimestamp() => Volatile.Read(ref _ticks);

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate) return _wallAtZero.AddTicks(_ticks);
    }

    /// <summary>Moves the wall clock alone.</summary>
    public void JumpWallClock(TimeSpan by)
    {
        lock (_gate) _wallAtZero += by;
    }

    /// <summary>Lets time pass, firing what falls due on the way, each at its own moment.</summary>
    public void Advance(TimeSpan by)
    {
        long target;
        lock (_gate) target = _ticks + by.Ticks;
        while (FireNext(target)) { }
        lock (_gate) Volatile.Write(ref _ticks, Math.Max(_ticks, target));
    }

    /// <summary>Moves to the next timer due no later than <paramref name="limit"/> and fires it; false, and time stands, if there is none.</summary>
    public bool FireNext(long limit)
    {
        VirtualTimer? timer;
        lock (_gate)
        {
            timer = Next();
            if (timer is null || timer.Due > limit) return false;
            _timers.Dequeue();
            Volatile.Write(ref _ticks, Math.Max(_ticks, timer.Due));
            timer.Sequence = 0;
            if (timer.Period > 0) Arm(timer, timer.Due + timer.Period);
        }
        timer.Callback(timer.State);
        return true;
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private void Arm(VirtualTimer timer, long due)
    {
        timer.Due = due;
        timer.Sequence = ++_sequence;
        _timers.Enqueue(new(timer, timer.Sequence), (due, timer.Sequence));
    }

    private VirtualTimer? Next()
    {
        while (_timers.TryPeek(out Armed next, out _))
        {
            if (next.Timer.Sequence == next.Sequence) return next.Timer;
            _timers.Dequeue();
        }
        return null;
    }

    private readonly record struct Armed(VirtualTimer Timer, long Sequence);

    private sealed class VirtualTimer(VirtualTime owner, TimerCallback callback, object? state) : ITimer
    {
        private bool _disposed;

        public TimerCallback Callback { get; } = callback;

        public object? State { get; } = state;

        public long Due { get; set; }

        /// <summary>The number of its present arming; 0 while it is not armed.</summary>
        public long Sequence { get; set; }

        public long Period { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (owner._gate)
            {
                if (_disposed) return false;
                Sequence = 0;
                Period = period > TimeSpan.Zero ? period.Ticks : 0;
                if (dueTime >= TimeSpan.Zero) owner.Arm(this, owner._ticks + dueTime.Ticks);
                return true;
            }
        }

        public void Dispose()
        {
            lock (owner._gate)
            {
                Sequence = 0;
                _disposed = true;
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
