using System.Collections.Concurrent;

namespace Federation.Sample;

/// <summary>
/// Counts how often each order was executed at this replica. Where <c>EXECUTIONS_DIRECTORY</c> is set, each execution is also
/// a line of a file of this process there, so that a count over all replicas survives them.
/// </summary>
internal sealed class ExecutionLedger : IDisposable
{
    private readonly ConcurrentDictionary<string, int> _executions = new(StringComparer.Ordinal);
    private readonly StreamWriter? _file;

    public ExecutionLedger(ReplicaIdentity self)
    {
        if (Environment.GetEnvironmentVariable("EXECUTIONS_DIRECTORY") is not { Length: > 0 } folder) return;
        string path = Path.Combine(folder, $"{self.Replica}-{Environment.ProcessId}.log");
        _file = new StreamWriter(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read)) { AutoFlush = true };
    }

    public int Execute(string id)
    {
        if (_file is not null)
        {
            lock (_file) _file.WriteLine(id);
        }
        return _executions.AddOrUpdate(id, 1, (_, times) => times + 1);
    }

    public ExecutionReport Report(ReplicaIdentity self)
    {
        KeyValuePair<string, int>[] all = _executions.ToArray();
        return new(self.Replica, all.Length, all.Sum(entry => entry.Value), all.ToDictionary());
    }

    public void Dispose() => _file?.Dispose();
}
