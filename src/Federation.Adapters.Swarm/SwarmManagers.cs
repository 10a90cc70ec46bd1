using Federation.Engine;

namespace Federation.Adapters.Swarm;

/// <summary>The managers of a swarm. Any of them answers for all; when one does not, the next is asked.</summary>
public sealed class SwarmManagers : IDisposable
{
    private readonly IReadOnlyList<EngineClient> _managers;
    private int _current;

    /// <summary>Takes over the clients, one a manager.</summary>
    public SwarmManagers(IReadOnlyList<EngineClient> managers) =>
        _managers = managers.Count > 0 ? managers : throw new ArgumentException("a swarm has at least one manager", nameof(managers));

    /// <summary>The one that is asked now.</summary>
    public EngineClient Current => _managers[Volatile.Read(ref _current)];

    /// <summary>All of them.</summary>
    public IReadOnlyList<EngineClient> All => _managers;

    /// <summary>Asks the next one from now on, if the one that failed is the present one.</summary>
    public void Pass(EngineClient failed)
    {
        int at = Volatile.Read(ref _current);
        if (ReferenceEquals(_managers[at], failed)) Interlocked.CompareExchange(ref _current, (at + 1) % _managers.Count, at);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (EngineClient manager in _managers) manager.Dispose();
    }
}
