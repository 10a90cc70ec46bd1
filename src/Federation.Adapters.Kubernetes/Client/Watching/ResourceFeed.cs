using System.Globalization;
using Federation.Adapters.Kubernetes.Client.Errors;
using Federation.Adapters.Kubernetes.Client.Resources;
using Federation.Domain.Chance;

namespace Federation.Adapters.Kubernetes.Client.Watching;

/// <summary>
/// Follows all objects of a resource: a list, then a watch from it, resumed where it breaks and begun anew where the server no longer knows the way. It never goes
/// back: what comes a second time, or from a server that lags behind, is left out. One caller.
/// </summary>
/// <remarks>
/// Within one resource versions rise with every event, bookmarks included; so whatever is not above the newest seen has been told before. Versions that are
/// no numbers are taken as they come.
/// </remarks>
internal sealed class ResourceFeed<T> : IDisposable where T : class, IApiObject
{
    private readonly KubernetesClient _client;
    private readonly ResourceType<T> _type;
    private readonly string? _space;
    private readonly string? _selector;
    private readonly FeedOptions _options;
    private readonly TimeProvider _time;
    private readonly IChance _chance;
    private readonly Dictionary<(string? Namespace, string Name), T> _objects = [];

    private WatchStream<T>? _watch;
    private string? _newest;
    private bool _listIsDue = true;
    private long _relistAt;
    private FailureKind? _trouble;
    private bool _heard;
    private int _failures;
    private int _silentWatches;
    private int _staleLists;

    public ResourceFeed(KubernetesClient client, ResourceType<T> type, string? space, string? selector, FeedOptions options, TimeProvider time, IChance chance)
    {
        _client = client;
        _type = type;
        _space = space;
        _selector = selector;
        _options = options;
        _time = time;
        _chance = chance;
    }

    /// <summary>What is there, as far as it has been told.</summary>
    public IReadOnlyDictionary<(string? Namespace, string Name), T> Objects => _objects;

    /// <summary>Whether a whole set has been told, and nothing since says that it may be old.</summary>
    public bool IsFresh => _newest is not null && _trouble is null;

    /// <summary>The next step; waits for it as long as it takes. A call that is cancelled loses nothing: the next one goes on.</summary>
    public async Task<FeedStep<T>> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                if (_watch is null)
                {
                    await PauseAsync(cancellationToken);
                    if (_listIsDue || _newest is null || UntilRelist() <= TimeSpan.Zero)
                    {
                        if (await ListAsync(cancellationToken) is { } relisted) return relisted;
                        continue;
                    }
                    _watch = await _client.OpenWatchAsync(_type, _space, _selector, _newest, Spread(_options.Lasting), cancellationToken);
                    _heard = false;
                    if (_trouble is not null)
                    {
                        _trouble = null;
                        return new FeedStep<T>.Regained();
                    }
                }
                if (await WatchAsync(_watch, cancellationToken) is { } step) return step;
            }
            catch (KubernetesException e)
            {
                Close();
                _failures++;
                // The server may still say 410 of a resource that it has, in answer to the watch's opening.
                if (e.Kind == FailureKind.Expired) _listIsDue = true;
                // That it has no right to look, or that there is nothing of the kind, is told also of one that was silent before: it is no trouble that passes.
                if (_trouble is { } before && (before == e.Kind || e.Kind is not (FailureKind.Denied or FailureKind.ApiMissing))) continue;
                _trouble = e.Kind;
                return new FeedStep<T>.Troubled(e);
            }
            catch (OperationCanceledException)
            {
                Close();
                throw;
            }
        }
    }

    public void Dispose() => Close();

    private async Task<FeedStep<T>?> ListAsync(CancellationToken cancellationToken)
    {
        Listing<T> listing = await _client.ListAsync(_type, _space, _selector, cancellationToken);
        if (_newest is not null && IsBelow(listing.ResourceVersion, _newest) && ++_staleLists < _options.MostStaleLists)
            throw new KubernetesException(FailureKind.Unavailable, $"{_client.Server}: list {_type.Resource.Plural}: the list is of version {listing.ResourceVersion} and {_newest} has been seen: the server lags behind");
        _staleLists = 0;
        _silentWatches = 0;
        _listIsDue = false;
        _relistAt = _time.GetTimestamp() + (long)(Spread(_options.Relist).TotalSeconds * _time.TimestampFrequency);
        _newest = listing.ResourceVersion;
        _objects.Clear();
        foreach (T item in listing.Items) _objects[KeyOf(item)] = item;
        _trouble = null;
        _failures = 0;
        return new FeedStep<T>.Relisted(listing.Items);
    }

    private async Task<FeedStep<T>?> WatchAsync(WatchStream<T> watch, CancellationToken cancellationToken)
    {
        TimeSpan untilRelist = UntilRelist();
        if (untilRelist <= TimeSpan.Zero)
        {
            Close();
            return null;
        }
        WatchEvent<T>? told;
        using (var limit = new CancellationTokenSource(untilRelist < _options.MostSilence ? untilRelist : _options.MostSilence, _time))
        using (var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token))
        {
            try
            {
                told = await watch.ReadAsync(both.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                Close();
                if (!_heard && ++_silentWatches >= _options.MostSilentWatches) _listIsDue = true;
                return null;
            }
        }
        switch (told)
        {
            case null:
                // A good end. One that comes at once would come at once again.
                if (!_heard) _failures++;
                if (!_heard && ++_silentWatches >= _options.MostSilentWatches) _listIsDue = true;
                Close();
                return null;
            case WatchEvent<T>.Error { Status: var status }:
                KubernetesRequest request = KubernetesRequest.Of("watch", _type.Resource, _space);
                FailureKind kind = FailureRules.Judge(status.Code ?? 500, status, writes: false, _type.Resource.Plural, reachesNode: false);
                throw _client.Failed(kind, request, FailureRules.Describe(status.Code ?? 500, status, "", hidesValues: false));
            case WatchEvent<T>.Mark { ResourceVersion: var version }:
                Hear();
                if (!IsBelow(version, _newest!)) _newest = version;
                return null;
            case WatchEvent<T>.Put { Object: var there }:
                if (!Advance(there)) return null;
                _objects[KeyOf(there)] = there;
                return new FeedStep<T>.Put(there);
            case WatchEvent<T>.Gone { Object: var gone }:
                if (!Advance(gone)) return null;
                return _objects.Remove(KeyOf(gone)) ? new FeedStep<T>.Gone(gone) : null;
            default:
                throw new InvalidOperationException($"a watch does not tell {told.GetType().Name}");
        }
    }

    private bool Advance(T told)
    {
        Hear();
        string version = told.Metadata.ResourceVersion ?? throw new KubernetesException(FailureKind.Unreadable, $"{_client.Server}: watch {_type.Resource.Plural}: an object without resourceVersion");
        if (!IsAbove(version, _newest!)) return false;
        _newest = version;
        return true;
    }

    private void Hear()
    {
        _heard = true;
        _failures = 0;
        _silentWatches = 0;
    }

    private async Task PauseAsync(CancellationToken cancellationToken)
    {
        if (_failures == 0) return;
        double pause = Math.Min(_options.LongestPause.TotalSeconds, _options.FirstPause.TotalSeconds * Math.Pow(2, Math.Min(_failures - 1, 20)));
        // From half of it on: many that lost the same server do not come back as one.
        await Task.Delay(TimeSpan.FromSeconds(pause * (0.5 + _chance.NextDouble() / 2)), _time, cancellationToken);
    }

    private TimeSpan UntilRelist() => _time.GetElapsedTime(_time.GetTimestamp(), _relistAt);

    private TimeSpan Spread(TimeSpan least) => least + least * _chance.NextDouble() / 2;

    private void Close()
    {
        _watch?.Dispose();
        _watch = null;
    }

    private static (string?, string) KeyOf(T item) => (item.Metadata.Namespace, item.Metadata.Name);

    private static bool IsBelow(string version, string other) => Numbers(version, other) is { } numbers && numbers.Version < numbers.Other;

    private static bool IsAbove(string version, string other) => Numbers(version, other) is not { } numbers || numbers.Version > numbers.Other;

    private static (ulong Version, ulong Other)? Numbers(string version, string other) =>
        ulong.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out ulong one) && ulong.TryParse(other, NumberStyles.None, CultureInfo.InvariantCulture, out ulong two) ? (one, two) : null;
}
