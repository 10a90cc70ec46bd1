using System.Collections.Concurrent;

namespace Federation.Storage.Tests.Commits;

/// <summary>Runs everything that is posted to it on one thread, as the simulation does.</summary>
internal sealed class PumpContext : SynchronizationContext
{
    private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> _posted = [];

    public override void Post(SendOrPostCallback d, object? state) => _posted.Add((d, state));

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("The simulation never sends.");

    /// <summary>Runs the function, and what it posts, on this thread until it is done.</summary>
    public void Run(Func<Task> function)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            var task = function();
            task.GetAwaiter().OnCompleted(() => _posted.CompleteAdding());
            foreach ((var callback, object? state) in _posted.GetConsumingEnumerable(TestContext.Current.CancellationToken)) callback(state);
            task.GetAwaiter().GetResult();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }
}
