using System.Net;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Federation.Client.Requests;
using Federation.Client.Resources;
using Federation.Contracts.Api;
using Federation.Domain.Json;
using Federation.Domain.Resources;

namespace Federation.Client;

public sealed partial class FederationClient
{
    private static readonly TimeSpan FirstWatchPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestWatchPause = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Tells what is there, then every change, for as long as it is enumerated. A broken stream goes on from its cursor without a gap;
    /// where the plane no longer has that history, everything is told again. Throws only where the plane refuses.
    /// </summary>
    /// <typeparam name="T">The kind.</typeparam>
    /// <param name="query">Which; all of the client's namespace if null.</param>
    /// <param name="cursor">Where to go on, from an earlier list; null to begin with a list.</param>
    /// <param name="ct">Ends the watch.</param>
    public async IAsyncEnumerable<WatchUpdate<T>> WatchAsync<T>(ListQuery? query = null, string? cursor = null, [EnumeratorCancellation] CancellationToken ct = default) where T : Resource
    {
        await foreach (WatchUpdate<Resource> update in WatchAsync(ResourceKind.Of<T>(), query, cursor, ct))
        {
            yield return update switch
            {
                WatchUpdate<Resource>.Listed listed => new WatchUpdate<T>.Listed([.. listed.Items.Cast<T>()]),
                WatchUpdate<Resource>.Changed changed => new WatchUpdate<T>.Changed((T)changed.Item),
                WatchUpdate<Resource>.Removed removed => new WatchUpdate<T>.Removed((T)removed.Item),
                _ => throw new InvalidOperationException(update.GetType().Name),
            };
        }
    }

    /// <summary>As <see cref="WatchAsync{T}"/>, of a kind that is known at run time.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="query">Which; all of the client's namespace if null.</param>
    /// <param name="cursor">Where to go on, from an earlier list; null to begin with a list.</param>
    /// <param name="ct">Ends the watch.</param>
    public async IAsyncEnumerable<WatchUpdate<Resource>> WatchAsync(ResourceKind kind, ListQuery? query = null, string? cursor = null, [EnumeratorCancellation] CancellationToken ct = default)
    {
        query ??= new();
        TimeSpan pause = FirstWatchPause;
        while (true)
        {
            if (cursor is null)
            {
                ResourceSet<Resource>? set = await TryAsync(() => ListAsync(kind, query, ct), ct);
                if (set is not null)
                {
                    cursor = set.Cursor;
                    yield return new WatchUpdate<Resource>.Listed(set.Items);
                }
            }
            if (cursor is not null)
            {
                await using IAsyncEnumerator<WatchEvent> events = EventsAsync(kind, query, cursor, ct).GetAsyncEnumerator(ct);
                while (await NextAsync(events, ct) is { } step)
                {
                    // The history may be lost while the stream is open, too: then its last event says so.
                    if (step.Expired || step.Event!.Type == "EXPIRED")
                    {
                        cursor = null;
                        break;
                    }
                    pause = FirstWatchPause;
                    cursor = step.Event.Cursor;
                    if (step.Event.Resource is not { } node) continue;
                    Resource item = Typed<Resource>(node, kind.Type);
                    yield return step.Event.Type == "DELETED" ? new WatchUpdate<Resource>.Removed(item) : new WatchUpdate<Resource>.Changed(item);
                }
            }
            await Task.Delay(pause, _options.Time, ct);
            pause = pause * 2 < LongestWatchPause ? pause * 2 : LongestWatchPause;
        }
    }

    private sealed record WatchStep(WatchEvent? Event, bool Expired);

    // Null: the stream ended or broke, and may be opened again.
    private static async Task<WatchStep?> NextAsync(IAsyncEnumerator<WatchEvent> events, CancellationToken ct)
    {
        try
        {
            return await events.MoveNextAsync() ? new(events.Current, false) : null;
        }
        catch (ApiException e) when (e.Status == HttpStatusCode.Gone || e.Type == ProblemTypes.CursorExpired)
        {
            return new(null, true);
        }
        catch (Exception e) when (!ct.IsCancellationRequested && IsBroken(e))
        {
            return null;
        }
    }

    private static async Task<TResult?> TryAsync<TResult>(Func<Task<TResult>> call, CancellationToken ct) where TResult : class
    {
        try
        {
            return await call();
        }
        catch (Exception e) when (!ct.IsCancellationRequested && IsBroken(e))
        {
            return null;
        }
    }

    private static bool IsBroken(Exception e) =>
        e is HttpRequestException or IOException or OperationCanceledException or PlaneUnreachableException || (e is ApiException api && RequestSender.IsAway(api));

    private async IAsyncEnumerable<WatchEvent> EventsAsync(ResourceKind kind, ListQuery query, string cursor, [EnumeratorCancellation] CancellationToken ct)
    {
        ApiPath path = Path(kind, query).With("watch", true).With("cursor", cursor);
        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, path, null, ct, static request => request.Headers.Accept.Add(new("text/event-stream")), stream: true);
        await using Stream stream = await response.Content.ReadAsStreamAsync(ct);
        using var silence = new CancellationTokenSource(_options.WatchSilence, _options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, silence.Token);
        await foreach (SseItem<WatchEvent?> item in SseParser.Create(stream, static (_, data) => Parse(data)).EnumerateAsync(either.Token))
        {
            silence.CancelAfter(_options.WatchSilence);
            if (item.Data is { } change) yield return change;
        }
    }

    private static WatchEvent? Parse(ReadOnlySpan<byte> data) => data.IsEmpty ? null : JsonSerializer.Deserialize<WatchEvent>(data, DomainJson.Options);
}
