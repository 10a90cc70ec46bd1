using System.Collections.Immutable;
using Federation.Contracts.V1;
using Federation.Domain.Chance;
using Federation.Grpc.Streams;
using Federation.Reconciliation;
using Microsoft.Extensions.Logging;

namespace Federation.Feeds;

/// <summary>
/// Follows another service's documents: reconnects with a pause, goes on from its cursor, starts anew when the owner has another
/// history. What it holds stays while the owner is away; <see cref="IsFresh"/> tells how far to trust it.
/// </summary>
/// <param name="name">Whom it follows, for logs.</param>
/// <param name="source">Where the feed comes from.</param>
/// <param name="kinds">The kinds to follow.</param>
/// <param name="time">The clock.</param>
/// <param name="chance">Spreads the pauses of reconnections.</param>
/// <param name="logger">Where losses of contact are told.</param>
public sealed partial class FeedFollower(
    string name,
    IFeedSource source,
    IReadOnlyList<string> kinds,
    TimeProvider time,
    IChance chance,
    ILogger logger)
{
    private static readonly Backoff Reconnect = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(2));

    private readonly SnapshotFeed<FeedView> _views = new(FeedView.Empty);
    private long? _lastHeard;

    /// <summary>What is held now.</summary>
    public FeedView Current => _views.Current;

    /// <summary>Called on the follower's loop after each batch was taken over, with what changed; the view is the newest already.</summary>
    public event Action<FeedView, IReadOnlyList<FeedChange>>? Changed;

    /// <summary>Whether the owner was heard within the limit, on the monotonic clock, with everything it had to say.</summary>
    public bool IsFresh(TimeSpan limit) => _lastHeard is { } heard && time.GetElapsedTime(heard) <= limit;

    /// <summary>Follows until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        int failures = 0;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await FollowOnceAsync(() => failures = 0, cancellationToken);
                failures++;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (StreamBrokenException e)
            {
                if (failures++ == 0) LogLost(logger, name, e.Message);
            }
            TimeSpan pause = Reconnect.Pause(failures);
            try
            {
                await Task.Delay(pause * (0.5 + (chance.NextDouble() / 2)), time, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task FollowOnceAsync(Action heard, CancellationToken cancellationToken)
    {
        FeedView view = Current;
        var request = new FeedRequest { Incarnation = view.Incarnation, AfterRevision = view.Revision };
        request.Kinds.AddRange(kinds);
        bool full = false;
        string incarnation = view.Incarnation;
        bool started = false;
        var pending = new List<FeedDocument>();
        await foreach (FeedMessage message in source.WatchAsync(request, cancellationToken))
        {
            switch (message.MessageCase)
            {
                case FeedMessage.MessageOneofCase.Start:
                    // A feed may start over in the middle: a follower that fell behind the kept history gets everything anew.
                    started = true;
                    full = message.Start.Full;
                    incarnation = message.Start.Incarnation;
                    pending.Clear();
                    if (!full && incarnation != Current.Incarnation)
                        throw new StreamBrokenException("the feed went on in another incarnation without a full set");
                    break;
                case FeedMessage.MessageOneofCase.Document:
                    pending.Add(message.Document);
                    break;
                case FeedMessage.MessageOneofCase.Synced:
                    if (!started) throw new StreamBrokenException("the feed sent a mark before its start");
                    _lastHeard = time.GetTimestamp();
                    heard();
                    if (full || pending.Count > 0 || message.Synced.Revision != Current.Revision)
                        TakeOver(pending, full, incarnation, message.Synced.Revision);
                    full = false;
                    pending.Clear();
                    break;
            }
        }
    }

    private void TakeOver(List<FeedDocument> documents, bool full, string incarnation, long revision)
    {
        FeedView before = Current;
        var changes = new List<FeedChange>();
        var builders = kinds.Distinct().ToDictionary(
            kind => kind,
            kind => full ? ImmutableSortedDictionary.CreateBuilder<string, FeedItem>(StringComparer.Ordinal) : before.OfKind(kind).ToBuilder(),
            StringComparer.Ordinal);
        foreach (FeedDocument document in documents)
        {
            if (!builders.TryGetValue(document.Kind, out var items)) continue;
            FeedItem? old = before.OfKind(document.Kind).GetValueOrDefault(document.Key);
            if (document.Deleted)
            {
                items.Remove(document.Key);
            }
            else
            {
                // The same revision of the same history keeps its item, and with it the record already read.
                bool same = old is not null && before.Incarnation == incarnation && old.Revision == document.Revision;
                items[document.Key] = same ? old! : new FeedItem(document.Key, document.Revision, document.Json.Memory);
            }
        }
        IEnumerable<(string Kind, string Key)> touched = documents.Select(document => (document.Kind, document.Key));
        if (full) touched = touched.Concat(kinds.SelectMany(kind => before.OfKind(kind).Keys.Select(key => (kind, key))));
        foreach ((string kind, string key) in touched.Distinct().OrderBy(t => t.Item1, StringComparer.Ordinal).ThenBy(t => t.Item2, StringComparer.Ordinal))
        {
            if (!builders.TryGetValue(kind, out var items)) continue;
            FeedItem? old = before.OfKind(kind).GetValueOrDefault(key);
            FeedItem? now = items.GetValueOrDefault(key);
            if (!ReferenceEquals(old, now)) changes.Add(new(kind, key, old, now));
        }
        var view = new FeedView
        {
            Incarnation = incarnation,
            Revision = revision,
            Kinds = builders.ToImmutableSortedDictionary(pair => pair.Key, pair => pair.Value.ToImmutable(), StringComparer.Ordinal),
        };
        _views.TryPublish(view, _views.Version + 1);
        Changed?.Invoke(view, changes);
    }

    [LoggerMessage(EventId = 1101, Level = LogLevel.Warning, Message = "Lost the feed of {Owner}: {Reason}; what is known of it stays")]
    private static partial void LogLost(ILogger logger, string owner, string reason);
}
