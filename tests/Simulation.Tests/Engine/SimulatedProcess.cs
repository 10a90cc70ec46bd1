namespace Simulation.Tests.Engine;

/// <summary>
/// One process: the context that its code runs on. Killing it drops everything that waits and everything that would still come, at
/// whatever await it stands; nothing of it is disposed or told.
/// </summary>
public sealed class SimulatedProcess(Simulator simulator, string name) : SynchronizationContext
{
    private readonly List<Exception> _failures = [];

    public string Name { get; } = name;

    public bool Alive { get; private set; } = true;

    /// <summary>Failures that ended the process's main.</summary>
    public IReadOnlyList<Exception> Failures => _failures;

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (Alive) simulator.Post(this, d, state);
    }

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("blocking on the simulation's thread");

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Starts the process's main.</summary>
    public void Start(Func<Task> main, Action<SimulatedProcess>? ended = null) => Post(_ => Run(main, ended), null);

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
