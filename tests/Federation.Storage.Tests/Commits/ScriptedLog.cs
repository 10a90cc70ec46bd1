using System.Collections.Concurrent;
using Federation.Storage.Logs;

namespace Federation.Storage.Tests.Commits;

/// <summary>A log whose every append waits for the test to say what becomes of it.</summary>
internal sealed class ScriptedLog : ICommitLog
{
    private readonly ConcurrentQueue<Append> _appends = new();
    private readonly SemaphoreSlim _arrived = new(0);

    /// <summary>Appends that are answered at once, without the test.</summary>
    public bool AnswersAtOnce { get; init; }

    /// <summary>The threads on which the store called.</summary>
    public ConcurrentBag<int> Threads { get; } = [];

    public bool IsDisposed { get; private set; }

    public Task<CommitLogState> OpenAsync(CancellationToken cancellationToken) => Task.FromResult(new CommitLogState("scripted", 7, 0, []));

    public async Task AppendAsync(CommitGroup group, CancellationToken cancellationToken)
    {
        Threads.Add(Environment.CurrentManagedThreadId);
        if (AnswersAtOnce)
        {
            await Task.Yield();
            return;
        }
        var append = new Append(group);
        _appends.Enqueue(append);
        _arrived.Release();
        await append.Answer.Task;
    }

    public Task CompactAsync(long beforeRevision, CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return ValueTask.CompletedTask;
    }

    /// <summary>The next group that the store hands over.</summary>
    public async Task<Append> NextAsync()
    {
        Assert.True(await _arrived.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken), "the store handed nothing over");
        Assert.True(_appends.TryDequeue(out var append));
        return append;
    }

    internal sealed class Append(CommitGroup group)
    {
        public CommitGroup Group { get; } = group;

        public TaskCompletionSource Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Succeed() => Answer.SetResult();

        public void Fail(Exception e) => Answer.SetException(e);
    }
}
