using Federation.Storage;
using Federation.Storage.Logs;
using Simulation.Tests.Engine;

namespace Simulation.Tests.Disk;

/// <summary>
/// What survives a process: the durable groups of one store. A group is durable from the moment its sync ends; a process that dies before
/// leaves it there or not, as the seed picks, but never half (the real log proves this against cut and torn writes).
/// </summary>
public sealed class SimulatedDisk(Simulator simulator)
{
    private readonly SortedDictionary<DocumentKey, StoredDocument> _documents = [];

    public string Incarnation { get; } = "disk";

    public long Term { get; private set; }

    public long Revision { get; private set; }

    /// <summary>Refuses writes while set.</summary>
    public bool Full { get; set; }

    /// <summary>How much longer every sync takes, in milliseconds.</summary>
    public int Slowness { get; set; }

    /// <summary>The process dies inside this write from now, counted from 1: its group may be durable and is never acknowledged. 0: in none.</summary>
    public int DeathIn { get; set; }

    /// <summary>Ends the process that a death was planned for.</summary>
    public Action<SimulatedProcess>? Dies { get; set; }

    /// <summary>A document that is durable now, or null.</summary>
    public StoredDocument? Find(DocumentKey key) => _documents.GetValueOrDefault(key);

    /// <summary>The documents of a kind that are durable now.</summary>
    public IEnumerable<StoredDocument> OfKind(string kind) => _documents.Values.Where(document => document.Key.Kind == kind);

    public ICommitLog OpenFor(SimulatedProcess process, TimeProvider time) => new Log(this, process, time);

    private void Make(CommitGroup group)
    {
        foreach (StoreChange change in group.Changes)
        {
            if (change.Document is { } document) _documents[change.Key] = document;
            else _documents.Remove(change.Key);
        }
        Revision = group.Revision;
    }

    private sealed class Log(SimulatedDisk disk, SimulatedProcess process, TimeProvider time) : ICommitLog
    {
        private long _term;

        public Task<CommitLogState> OpenAsync(CancellationToken cancellationToken)
        {
            _term = ++disk.Term;
            return Task.FromResult(new CommitLogState(disk.Incarnation, _term, disk.Revision, [.. disk._documents.Values]));
        }

        public async Task AppendAsync(CommitGroup group, CancellationToken cancellationToken)
        {
            if (disk.Full) throw new StoreUnavailableException("the simulated disk is full");
            Require();
            bool early = disk.EarlyOrLate() == 0;
            bool dies = disk.DeathIn > 0 && --disk.DeathIn == 0;
            if (early && group.Changes.Count > 0) disk.Make(group);
            await Task.Delay(TimeSpan.FromMilliseconds(disk.Latency() + disk.Slowness), time, cancellationToken);
            if (dies)
            {
                disk.Dies?.Invoke(process);
                await new TaskCompletionSource().Task;
            }
            if (early) return;
            Require();
            if (group.Changes.Count > 0) disk.Make(group);
        }

        public Task CompactAsync(long beforeRevision, CancellationToken cancellationToken) => Task.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private void Require()
        {
            if (!process.Alive || disk.Term != _term) throw new StoreFencedException($"term {_term} was taken over by term {disk.Term}");
        }
    }

    // Half of the groups are on the disk before their sync returns: a death in between leaves what was never acknowledged.
    private int EarlyOrLate() => simulator.Chance.Next(2);

    // A whole millisecond at least: less would be no wait at all, and nothing could come between a write and its sync.
    private int Latency() => simulator.Chance.Next(20) == 0 ? 1 + simulator.Chance.Next(200) : 1 + simulator.Chance.Next(4);
}
