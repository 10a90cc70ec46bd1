namespace Simulation.Tests.Engine;

/// <summary>
/// One process: the context that its code runs on. Killing it drops everything that waits and everything that would still come, at
/// whatever await it stands; nothing of it is disposed or told.
/// </summary>
public sealed class SimulatedProcess(Simulator simulator, string name) : SynchronizationContext
{
    private readonly List<Exception> _failures = [];
    private readonly List<(SendOrPostCallback Callback, object? State)> _held = [];

    public string Name { get; } = name;

    public bool Alive { get; private set; } = true;

    /// <summary>It stands still: it neither runs nor sees time, and goes on where it was.</summary>
    public bool Paused { get; private set; }

    /// <summary>Failures that ended the process's main.</summary>
    public IReadOnlyList<Exception> Failures => _failures;

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (!Alive) return;
        if (Paused) Hold(d, state);
        else simulator.Post(this, d, state);
    }

    /// <summary>Keeps what would run now for the time after the pause.</summary>
    public void Hold(SendOrPostCallback callback, object? state) => _held.Add((callback, state));

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("blocking on the simulation's thread");

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Starts the process's main.</summary>
    public void Start(Func<Task> main, Action<SimulatedProcess>? ended = null) => Post(_ => Run(main, ended), null);

    /// <summary>kill -STOP, a frozen virtual machine, a long collection of garbage.</summary>
    public void Pause()
    {
        if (!Alive || Paused) return;
        Paused = true;
        simulator.Trace.Add($"{Name} stands still");
    }

    /// <summary>kill -CONT: all that came meanwhile comes at once.</summary>
    public void Resume()
    {
        if (!Paused) return;
        Paused = false;
        if (!Alive) return;
        simulator.Trace.Add($"{Name} goes on");
        foreach ((SendOrPostCallback callback, object? state) in _held) simulator.Post(this, callback, state);
        _held.Clear();
    }

    /// <summary>kill -9.</summary>
    public void Kill()
    {
        if (!Alive) return;
        Alive = false;
        simulator.Trace.Add($"{Name} killed");
    }

    private async void Run(Func<Task> main, Action<SimulatedProcess>? ended)
    {
        try
        {
            await main();
        }
        catch (Exception e)
        {
            _failures.Add(e);
            simulator.Trace.Add($"{Name} failed: {e.GetType().Name}: {e.Message}");
        }
        Alive = false;
        ended?.Invoke(this);
    }
}
