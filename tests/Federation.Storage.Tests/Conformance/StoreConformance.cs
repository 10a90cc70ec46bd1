using System.Text;
using Federation.Storage.Logs;

namespace Federation.Storage.Tests.Conformance;

/// <summary>
/// What every provider must do. A provider's test class derives from it and says how a log is made;
/// the facts are spread over this class's parts, one a subject.
/// </summary>
public abstract partial class StoreConformance : IAsyncLifetime
{
    private static readonly string[] Kinds = ["Thing"];
    private readonly List<DocumentStore> _opened = [];

    /// <summary>A log over the place of this test: each call means the same place.</summary>
    protected abstract ICommitLog Log();

    /// <summary>Whether documents outlive the opener.</summary>
    protected abstract bool IsDurable { get; }

    /// <summary>Ends the wait of a test that would hang.</summary>
    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public virtual ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var store in _opened) await store.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected async Task<IStore> OpenAsync(DocumentStoreOptions? options = null)
    {
        var store = await DocumentStore.OpenAsync(Log(), options, Cancel);
        _opened.Add(store);
        return store;
    }

    protected static DocumentKey Thing(string key) => new("Thing", key);

    protected static StoreWrite Put(string key, string body) => new(Thing(key), Encoding.UTF8.GetBytes(body));

    protected static StoreWrite Delete(string key) => StoreWrite.Delete(Thing(key));

    protected static string? Body(IStoreSnapshot snapshot, string key) =>
        snapshot.Get(Thing(key)) is { } document ? Encoding.UTF8.GetString(document.Body.Span) : null;

    protected static Task<CommitOutcome> CommitAsync(IStore store, params StoreWrite[] writes) => store.CommitAsync(new() { Writes = writes }, Cancel);

    protected static Task<CommitOutcome> CommitIfAsync(IStore store, string key, long revision, params StoreWrite[] writes) =>
        store.CommitAsync(new() { Conditions = [new(Thing(key), revision)], Writes = writes }, Cancel);

    protected static async Task<long> WriteAsync(IStore store, params StoreWrite[] writes) =>
        Assert.IsType<CommitOutcome.Committed>(await CommitAsync(store, writes)).Revision;

    protected static StoreCursor At(IStore store, long revision) => new(store.Incarnation, revision);
}
