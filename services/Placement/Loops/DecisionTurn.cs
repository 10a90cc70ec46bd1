using System.Runtime.CompilerServices;
using Federation.Storage;

namespace Federation.Placement.Loops;

/// <summary>
/// Those who decide on one store take turns, each from its reading to the end of its commit. A plan that is made while orders are on their way to
/// the disk does not see them, and would give the room that they take to others.
/// </summary>
public sealed class DecisionTurn
{
    private static readonly ConditionalWeakTable<IStore, DecisionTurn> Turns = [];

    private readonly Lock _gate = new();
    private readonly Queue<TaskCompletionSource> _waiting = new();
    private bool _taken;

    /// <summary>The turn of a store.</summary>
    public static DecisionTurn Of(IStore store) => Turns.GetValue(store, static _ => new DecisionTurn());

    /// <summary>Decides when it is this caller's turn, in the order of asking.</summary>
    public async Task<T> TakeAsync<T>(Func<Task<T>> decide)
    {
        TaskCompletionSource? wait = null;
        lock (_gate)
        {
            if (_taken) _waiting.Enqueue(wait = new(TaskCreationOptions.RunContinuationsAsynchronously));
            _taken = true;
        }
        if (wait is not null) await wait.Task;
        try
        {
            return await decide();
        }
        finally
        {
            TaskCompletionSource? next;
            lock (_gate)
            {
                if (!_waiting.TryDequeue(out next)) _taken = false;
            }
            next?.TrySetResult();
        }
    }
}
