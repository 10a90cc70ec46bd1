using Federation.Domain.Chance;
using Federation.Reconciliation;

namespace Federation.Agent.Loops;

/// <summary>Pauses between attempts to reach the plane: 100 ms to 2 s, spread so that agents do not come all at once.</summary>
/// <param name="time">The clock.</param>
/// <param name="chance">The spread.</param>
public sealed class ReconnectPause(TimeProvider time, IChance chance)
{
    private static readonly Backoff Pauses = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(2));

    private int _failures;

    /// <summary>Whether nothing has failed since the last success.</summary>
    public bool First => _failures == 0;

    /// <summary>Says that contact stands.</summary>
    public void Reset() => _failures = 0;

    /// <summary>Waits before the next attempt; false if cancelled.</summary>
    public async Task<bool> WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(Pauses.Pause(++_failures) * (0.5 + (chance.NextDouble() / 2)), time, cancellationToken);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
