namespace Federation.Storage.Sqlite;

/// <summary>The one thread that touches the database: SQLite blocks, and the store's loop must not.</summary>
internal sealed class LogThread : IDisposable
{
    private readonly Queue<Action> _work = new();
    private readonly Thread _thread;
    private bool _ended;

    public LogThread(string name)
    {
        _thread = new Thread(Work) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>Runs the function on the thread, after what was handed over before.</summary>
    public Task<T> RunAsync<T>(Func<T> function)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_work)
        {
            ObjectDisposedException.ThrowIf(_ended, this);
            _work.Enqueue(() =>
            {
                try
                {
                    done.SetResult(function());
                }
                catch (Exception e)
                {
                    done.SetException(e);
                }
            });
            Monitor.Pulse(_work);
        }
        return done.Task;
    }

    /// <summary>Lets the thread end when it has done what was handed over.</summary>
    public void Dispose()
    {
        lock (_work)
        {
            _ended = true;
            Monitor.Pulse(_work);
        }
    }

    private void Work()
    {
        while (true)
        {
            Action work;
            lock (_work)
            {
                while (_work.Count == 0)
                {
                    if (_ended) return;
                    Monitor.Wait(_work);
                }
                work = _work.Dequeue();
            }
            work();
        }
    }
}
