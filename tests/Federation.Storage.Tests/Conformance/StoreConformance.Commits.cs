namespace Federation.Storage.Tests.Conformance;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task Commit_Acknowledged_IsReadAtOnceWithItsRevision()
    {
        var store = await OpenAsync();
        long revision = await WriteAsync(store, Put("a", "1"));
        var document = store.Current.Get(Thing("a"));
        Assert.Equal("1", Body(store.Current, "a"));
        Assert.Equal((revision, revision), (document!.Revision, document.CreatedRevision));
        Assert.Equal(revision, store.Current.Revision);
    }

    [Fact]
    public async Task Commit_OneAfterAnother_RevisionsRiseByOne()
    {
        var store = await OpenAsync();
        long first = await WriteAsync(store, Put("a", "1"));
        Assert.Equal(first + 1, await WriteAsync(store, Put("b", "1")));
        Assert.Equal(first + 2, await WriteAsync(store, Put("a", "2")));
        Assert.Equal(first, store.Current.Get(Thing("a"))!.CreatedRevision);
    }

    [Fact]
    public async Task Commit_ManyDocuments_AllCarryOneRevision()
    {
        var store = await OpenAsync();
        long revision = await WriteAsync(store, Put("a", "1"), Put("b", "2"), Put("c", "3"));
        Assert.All(store.Current.List("Thing"), document => Assert.Equal(revision, document.Revision));
        Assert.Equal(3, store.Current.List("Thing").Count());
    }

    [Fact]
    public async Task Commit_ConditionDoesNotHold_WritesNothingAndNamesTheRevisions()
    {
        var store = await OpenAsync();
        long revision = await WriteAsync(store, Put("a", "1"));
        var conflict = Assert.IsType<CommitOutcome.Conflict>(await CommitIfAsync(store, "a", revision + 5, Put("a", "2"), Put("b", "2")));
        Assert.Equal((Thing("a"), revision + 5, revision), (conflict.Key, conflict.Expected, conflict.Actual));
        Assert.Equal("1", Body(store.Current, "a"));
        Assert.Null(Body(store.Current, "b"));
        Assert.Equal(revision, store.Current.Revision);
    }

    [Fact]
    public async Task Commit_MustBeAbsent_SecondCreatorConflicts()
    {
        var store = await OpenAsync();
        Assert.IsType<CommitOutcome.Committed>(await CommitIfAsync(store, "a", 0, Put("a", "1")));
        Assert.IsType<CommitOutcome.Conflict>(await CommitIfAsync(store, "a", 0, Put("a", "2")));
        Assert.Equal("1", Body(store.Current, "a"));
    }

    [Fact]
    public async Task Commit_QueuedTogether_LaterOnesSeeTheEarlierOnes()
    {
        var store = await OpenAsync();
        // Handed over without waiting between: they meet in one group or in several, and the result must be the same.
        var create = CommitIfAsync(store, "a", 0, Put("a", "1"));
        var again = CommitIfAsync(store, "a", 0, Put("a", "2"));
        var remove = CommitAsync(store, Delete("a"));
        var third = CommitIfAsync(store, "a", 0, Put("a", "3"));
        var outcomes = await Task.WhenAll(create, again, remove, third);
        Assert.IsType<CommitOutcome.Committed>(outcomes[0]);
        Assert.IsType<CommitOutcome.Conflict>(outcomes[1]);
        Assert.IsType<CommitOutcome.Committed>(outcomes[2]);
        long revision = Assert.IsType<CommitOutcome.Committed>(outcomes[3]).Revision;
        Assert.Equal("3", Body(store.Current, "a"));
        Assert.Equal(revision, store.Current.Get(Thing("a"))!.CreatedRevision);
    }

    [Fact]
    public async Task Commit_ConflictAmongOthers_FailsOnlyItself()
    {
        var store = await OpenAsync();
        await WriteAsync(store, Put("taken", "1"));
        var commits = Enumerable.Range(0, 50).Select(i => i % 10 == 3
            ? CommitIfAsync(store, "taken", 0, Put($"n{i}", "x"))
            : CommitAsync(store, Put($"n{i}", "x"))).ToList();
        var outcomes = await Task.WhenAll(commits);
        for (int i = 0; i < outcomes.Length; i++)
        {
            Assert.Equal(i % 10 == 3, outcomes[i] is CommitOutcome.Conflict);
            Assert.Equal(i % 10 == 3 ? null : "x", Body(store.Current, $"n{i}"));
        }
    }

    [Fact]
    public async Task Commit_DeletingTheAbsent_WritesNothing()
    {
        var store = await OpenAsync();
        long revision = await WriteAsync(store, Put("a", "1"));
        Assert.Equal(revision, await WriteAsync(store, Delete("never")));
        Assert.Equal(revision, store.Current.Revision);
    }

    [Fact]
    public async Task Commit_ConditionsOnly_SaysAtWhichRevisionTheyHeld()
    {
        var store = await OpenAsync();
        long revision = await WriteAsync(store, Put("a", "1"));
        Assert.Equal(revision, Assert.IsType<CommitOutcome.Committed>(await CommitIfAsync(store, "a", revision)).Revision);
        Assert.IsType<CommitOutcome.Conflict>(await CommitIfAsync(store, "b", revision));
    }

    [Fact]
    public async Task Commit_DeletedAndMadeAgain_IsANewDocument()
    {
        var store = await OpenAsync();
        await WriteAsync(store, Put("a", "1"));
        await WriteAsync(store, Delete("a"));
        Assert.Null(store.Current.Get(Thing("a")));
        long revision = await WriteAsync(store, Put("a", "2"));
        Assert.Equal(revision, store.Current.Get(Thing("a"))!.CreatedRevision);
    }

    [Fact]
    public async Task Commit_KeyTwice_IsRefused()
    {
        var store = await OpenAsync();
        await Assert.ThrowsAsync<ArgumentException>(() => CommitAsync(store, Put("a", "1"), Put("a", "2")));
        Assert.Equal(0, store.Current.Revision);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nul\0inside")]
    [InlineData("half a pair", true)]
    public async Task Commit_KeyThatWouldNotComeBack_IsRefused(string key, bool halfAPair = false)
    {
        // Half a surrogate pair cannot be written in an attribute.
        if (halfAPair) key += '\ud800';
        var store = await OpenAsync();
        await Assert.ThrowsAsync<ArgumentException>(() => CommitAsync(store, Put(key, "1")));
    }

    [Fact]
    public async Task Commit_LargestDocument_IsKeptAndALargerOneRefused()
    {
        var store = await OpenAsync();
        byte[] largest = new byte[IStore.MaxDocumentBytes];
        new Random(1).NextBytes(largest);
        await WriteAsync(store, new StoreWrite(Thing("big"), largest), new StoreWrite(Thing("empty"), Array.Empty<byte>()));
        await Assert.ThrowsAsync<ArgumentException>(() => CommitAsync(store, new StoreWrite(Thing("bigger"), new byte[IStore.MaxDocumentBytes + 1])));
        if (IsDurable)
        {
            await store.DisposeAsync();
            store = await OpenAsync();
        }
        Assert.True(largest.AsSpan().SequenceEqual(store.Current.Get(Thing("big"))!.Body.Span));
        Assert.Equal(0, store.Current.Get(Thing("empty"))!.Body.Length);
    }

    [Fact]
    public async Task Commit_TooManyBytesInOneTransaction_IsRefused()
    {
        var store = await OpenAsync();
        byte[] body = new byte[IStore.MaxDocumentBytes];
        var writes = Enumerable.Range(0, (IStore.MaxTransactionBytes / IStore.MaxDocumentBytes) + 1).Select(i => new StoreWrite(Thing($"{i}"), body)).ToArray();
        await Assert.ThrowsAsync<ArgumentException>(() => CommitAsync(store, writes));
        Assert.Equal(0, store.Current.Revision);
    }

    [Fact]
    public async Task Commit_CallersBufferReused_StoredContentStays()
    {
        var store = await OpenAsync();
        byte[] buffer = "before"u8.ToArray();
        await WriteAsync(store, new StoreWrite(Thing("a"), buffer));
        "after!"u8.CopyTo(buffer);
        Assert.Equal("before", Body(store.Current, "a"));
    }

    [Fact]
    public async Task Commit_WaitCancelled_EndsTheWaitNotTheStore()
    {
        var store = await OpenAsync();
        using var source = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var waiting = Enumerable.Range(0, 200).Select(i => store.CommitAsync(new() { Writes = [Put($"n{i}", "x")] }, source.Token)).ToList();
        await source.CancelAsync();
        foreach (var commit in waiting)
        {
            try
            {
                await commit;
            }
            catch (OperationCanceledException)
            {
                Assert.True(source.IsCancellationRequested);
            }
        }
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.CommitAsync(new() { Writes = [Put("late", "x")] }, source.Token));
        await WriteAsync(store, Put("after", "1"));
        Assert.Null(Body(store.Current, "late"));
        // The waits were abandoned, not the transactions: all were queued before the cancellation.
        Assert.Equal(201, store.Current.List("Thing").Count());
    }

    [Fact]
    public async Task Commit_ManyWritersOfOneCounter_NoIncrementIsLost()
    {
        var store = await OpenAsync();
        await WriteAsync(store, Put("counter", "0"));
        const int writers = 16, increments = 20;
        int conflicts = 0;
        await Task.WhenAll(Enumerable.Range(0, writers).Select(_ => Task.Run(async () =>
        {
            for (int done = 0; done < increments;)
            {
                var document = store.Current.Get(Thing("counter"))!;
                int value = int.Parse(System.Text.Encoding.UTF8.GetString(document.Body.Span), System.Globalization.CultureInfo.InvariantCulture);
                var outcome = await CommitIfAsync(store, "counter", document.Revision, Put("counter", (value + 1).ToString(System.Globalization.CultureInfo.InvariantCulture)));
                if (outcome is CommitOutcome.Committed) done++;
                else Interlocked.Increment(ref conflicts);
            }
        }, Cancel)));
        Assert.Equal("320", Body(store.Current, "counter"));
        Assert.Equal(321, store.Current.Revision);
    }

    [Fact]
    public async Task Commit_TransferBetweenDocuments_EverySnapshotHasTheSameSum()
    {
        var store = await OpenAsync();
        await WriteAsync(store, Put("x", "500"), Put("y", "500"));
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var reader = Task.Run(() =>
        {
            int seen = 0;
            do
            {
                var snapshot = store.Current;
                Assert.Equal(1000, Value(snapshot, "x") + Value(snapshot, "y"));
                seen++;
            }
            while (!ended.IsCancellationRequested);
            return seen;
        }, CancellationToken.None);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(n => Task.Run(async () =>
        {
            for (int i = 0; i < 25; i++)
            {
                var snapshot = store.Current;
                await store.CommitAsync(new()
                {
                    Conditions = [new(Thing("x"), snapshot.Get(Thing("x"))!.Revision), new(Thing("y"), snapshot.Get(Thing("y"))!.Revision)],
                    Writes = [Put("x", $"{Value(snapshot, "x") - n}"), Put("y", $"{Value(snapshot, "y") + n}")],
                }, Cancel);
            }
        }, Cancel)));
        await ended.CancelAsync();
        Assert.True(await reader > 0);

        static int Value(IStoreSnapshot snapshot, string key) => int.Parse(Body(snapshot, key)!, System.Globalization.CultureInfo.InvariantCulture);
    }
}
