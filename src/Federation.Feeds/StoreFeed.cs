using System.Runtime.CompilerServices;
using Federation.Contracts.V1;
using Federation.Storage;
using Google.Protobuf;

namespace Federation.Feeds;

/// <summary>Serves a store's documents as a feed.</summary>
/// <param name="store">The service's own store.</param>
/// <param name="project">What leaves the service: the JSON to send for a document, or null to leave it out. Here confidential members are taken off.</param>
/// <param name="time">The clock of the proof of life.</param>
public sealed class StoreFeed(IStore store, Func<StoredDocument, ReadOnlyMemory<byte>?> project, TimeProvider time) : IFeedSource
{
    /// <summary>How often a Synced mark is sent though nothing changed.</summary>
    public static readonly TimeSpan ProofOfLife = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public async IAsyncEnumerable<FeedMessage> WatchAsync(FeedRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        StoreCursor? after = request.Incarnation.Length > 0 ? new StoreCursor(request.Incarnation, request.AfterRevision) : null;
        string[] kinds = [.. request.Kinds.Order(StringComparer.Ordinal)];
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using IAsyncEnumerator<StoreWatchBatch> batches = store.WatchAsync(after, kinds, ending.Token).GetAsyncEnumerator(ending.Token);
        bool started = false;
        long synced = after?.Revision ?? 0;
        Task<bool> next = batches.MoveNextAsync().AsTask();
        try
        {
            while (true)
            {
                if (!await CompletesWithinAsync(next, cancellationToken))
                {
                    // Nothing for a while: the start mark tells a follower that goes on from its cursor that this is the same history.
                    if (!started) yield return Start(full: false);
                    started = true;
                    yield return Synced(synced);
                    continue;
                }
                if (!await next) yield break;
                switch (batches.Current)
                {
                    case StoreWatchBatch.Relist relist:
                        yield return Start(full: true);
                        foreach (string kind in kinds)
                        {
                            foreach (StoredDocument document in relist.Snapshot.List(kind))
                            {
                                if (project(document) is { } json) yield return Present(document, json);
                            }
                        }
                        synced = relist.Snapshot.Revision;
                        break;
                    case StoreWatchBatch.Changes changes:
                        if (!started) yield return Start(full: false);
                        foreach (StoreChange change in changes.Items)
                        {
                            if (change.Document is { } document && project(document) is { } json) yield return Present(document, json);
                            else if (change.Previous is { } previous && project(previous) is not null) yield return Absent(change);
                        }
                        synced = changes.Revision;
                        break;
                }
                started = true;
                yield return Synced(synced);
                next = batches.MoveNextAsync().AsTask();
            }
        }
        finally
        {
            // An enumerator must not be disposed while its MoveNext runs.
            ending.Cancel();
            await Task.WhenAny(next);
        }
    }

    private async Task<bool> CompletesWithinAsync(Task<bool> next, CancellationToken cancellationToken)
    {
        if (next.IsCompleted) return true;
        using var pause = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task delay = Task.Delay(ProofOfLife, time, pause.Token);
        Task first = await Task.WhenAny(next, delay);
        pause.Cancel();
        cancellationToken.ThrowIfCancellationRequested();
        return first == next;
    }

    private FeedMessage Start(bool full) => new() { Start = new FeedStart { Incarnation = store.Incarnation, Full = full } };

    private static FeedMessage Synced(long revision) => new() { Synced = new FeedSynced { Revision = revision } };

    private static FeedMessage Present(StoredDocument document, ReadOnlyMemory<byte> json) => new()
    {
        Document = new FeedDocument
        {
            Kind = document.Key.Kind,
            Key = document.Key.Key,
            Revision = document.Revision,
            Json = UnsafeByteOperations.UnsafeWrap(json),
        },
    };

    private static FeedMessage Absent(StoreChange change) => new()
    {
        Document = new FeedDocument { Kind = change.Key.Kind, Key = change.Key.Key, Revision = change.Revision, Deleted = true },
    };
}
