using Federation.TestKit.Time;

namespace Simulation.Tests.Engine;

/// <summary>
/// One thread, one clock, one seed: everything that is ready waits in one list, from which the seed picks; when nothing is ready, time
/// goes on to the next timer. The same seed gives the same run.
/// </summary>
public sealed class Simulator
{
    private readonly ReadyQueue _ready = new();
    private int _steps;
    private Exception? _broken;

    public Simulator(ulong seed)
    {
        Chance = new SeededChance(seed);
        Time = new VirtualTime();
        Trace = new SimulationTrace(Time);
    }

    public VirtualTime Time { get; }

    public SeededChance Chance { get; }

    public SimulationTrace Trace { get; }

    /// <summary>Callbacks run so far.</summary>
    public int Steps => _steps;

    /// <summary>Called after each moment at which nothing more was ready.</summary>
    public Action? AtRest { get; set; }

    /// <summary>Ends the run with a failure that was found inside a process's own code, where it must not be caught.</summary>
    public void Break(Exception failure) => _broken ??= failure;

    internal void Post(SimulatedProcess? owner, SendOrPostCallback callback, object? state)
    {
        if (Thread.CurrentThread != _thread && _thread is not null)
            throw new InvalidOperationException("work came from outside the simulation's thread: something escaped to the thread pool");
        _ready.Add(new(owner, callback, state));
    }

    private Thread? _thread;

    /// <summary>Runs for a span of virtual time.</summary>
    public void Run(TimeSpan span)
    {
        long end = Time.GetTimestamp() + span.Ticks;
        _thread = Thread.CurrentThread;
        SynchronizationContext? before = SynchronizationContext.Current;
        try
        {
            while (true)
            {
                Drain();
                AtRest?.Invoke();
                if (_ready.Count > 0) continue;
                // Timers belong to whoever made them, and wake their work through its context.
                SynchronizationContext.SetSynchronizationContext(null);
                if (!Time.FireNext(end)) break;
            }
            Time.Advance(TimeSpan.FromTicks(end - Time.GetTimestamp()));
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
            _thread = null;
        }
    }

    private void Drain()
    {
        while (_ready.Count > 0)
        {
            // Mostly in order, sometimes not: both the usual and the unusual interleaving are met.
            int index = _ready.Count > 1 && Chance.Next(4) == 0 ? Chance.Next(Math.Min(_ready.Count, 8)) : 0;
            WorkItem item = _ready.Take(index);
            if (item.Owner is { Alive: false }) continue;
            if (item.Owner is { Paused: true } still)
            {
                still.Hold(item.Callback, item.State);
                continue;
            }
            if (++_steps > 50_000_000) throw new InvalidOperationException("the simulation does not come to rest");
            SynchronizationContext.SetSynchronizationContext(item.Owner);
            item.Callback(item.State);
            if (_broken is not null) throw _broken;
        }
    }
}
