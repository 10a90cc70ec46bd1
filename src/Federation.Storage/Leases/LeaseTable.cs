namespace Federation.Storage.Leases;

/// <summary>
/// Named leases over a store. The opener of the store is their only judge.
/// </summary>
/// <remarks>
/// Who holds a lease, and under which term, is durable; how long is counted on the judge's monotonic clock alone, never by comparing two clocks.
/// A judge that has just opened the store cannot know when a lease was last renewed, so it counts each from its own start, in full:
/// an ended lease may be seen as live for one duration more, never the other way round.
/// Each grant is a commit (of conditions only, for a renewal), so a judge that was fenced grants nothing. Thread-safe.
/// </remarks>
public sealed class LeaseTable
{
    /// <summary>The store's kind of lease documents.</summary>
    public const string Kind = "Lease";

    private readonly Lock _gate = new();
    private readonly IStore _store;
    private readonly TimeProvider _time;
    private readonly long _opened;
    private readonly Dictionary<(string Name, long Term), long> _renewed = [];

    /// <summary>Judges the leases in the store from now on.</summary>
    /// <param name="store">The store; its opener is the judge.</param>
    /// <param name="time">The judge's clock; only its timestamps are used.</param>
    public LeaseTable(IStore store, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(time);
        (_store, _time, _opened) = (store, time, time.GetTimestamp());
    }

    /// <summary>
    /// Takes the lease if nobody else holds it, under a new term; renews it, under its present term, if this holder has it.
    /// </summary>
    /// <returns><see cref="LeaseOutcome.Granted"/> or <see cref="LeaseOutcome.Held"/>.</returns>
    /// <exception cref="StoreFencedException">Another opener judges now.</exception>
    /// <exception cref="StoreUnavailableException">The grant could not be made durable; nobody's holding changed.</exception>
    public async Task<LeaseOutcome> AcquireAsync(string name, string holder, TimeSpan duration, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrEmpty(holder);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(duration, TimeSpan.Zero);
        while (true)
        {
            (var document, var lease) = Find(name);
            var state = State(name, lease);
            bool renews = state.IsLive && state.Holder == holder;
            if (state.IsLive && !renews) return new LeaseOutcome.Held(state.Holder!, state.Term, state.Remaining);

            var next = new LeaseDocument(holder, renews ? state.Term : state.Term + 1, duration);
            if (await WriteAsync(name, document, next == lease ? null : next, cancellationToken) is LeaseOutcome granted) return granted;
        }
    }

    /// <summary>Extends a holding by its full duration from now.</summary>
    /// <returns><see cref="LeaseOutcome.Granted"/> or <see cref="LeaseOutcome.Ended"/>.</returns>
    /// <exception cref="StoreFencedException">Another opener judges now.</exception>
    /// <exception cref="StoreUnavailableException">The judge's store cannot confirm that it leads; the holding is as it was.</exception>
    public async Task<LeaseOutcome> RenewAsync(string name, string holder, long term, CancellationToken cancellationToken)
    {
        while (true)
        {
            (var document, var lease) = Find(name);
            var state = State(name, lease);
            if (!state.IsLive || state.Holder != holder || state.Term != term) return new LeaseOutcome.Ended(state.Term);
            if (await WriteAsync(name, document, null, cancellationToken) is LeaseOutcome granted) return granted;
        }
    }

    /// <summary>Gives the lease up. Does nothing if this holding has already ended.</summary>
    /// <exception cref="StoreFencedException">Another opener judges now.</exception>
    /// <exception cref="StoreUnavailableException">The release could not be made durable; the lease runs on until it ends by itself.</exception>
    public async Task ReleaseAsync(string name, string holder, long term, CancellationToken cancellationToken)
    {
        while (true)
        {
            (var document, var lease) = Find(name);
            if (document is null || lease!.Holder != holder || lease.Term != term) return;
            var outcome = await CommitAsync(name, document, lease with { Holder = null }, cancellationToken);
            if (outcome is not CommitOutcome.Committed) continue;
            lock (_gate) _renewed.Remove((name, term));
            return;
        }
    }

    /// <summary>The lease; null if the name was never held.</summary>
    public LeaseState? Get(string name)
    {
        (var document, var lease) = Find(name);
        return document is null ? null : State(name, lease);
    }

    /// <summary>All leases whose names begin with the prefix, in ordinal order.</summary>
    public IEnumerable<LeaseState> List(string prefix = "") =>
        _store.Current.List(Kind, prefix).Select(document => State(document.Key.Key, document.Read<LeaseDocument>()));

    private (StoredDocument? Document, LeaseDocument? Lease) Find(string name)
    {
        var document = _store.Current.Get(new(Kind, name));
        return (document, document?.Read<LeaseDocument>());
    }

    private LeaseState State(string name, LeaseDocument? lease)
    {
        if (lease is null) return new(name, null, 0, TimeSpan.Zero);
        if (lease.Holder is null) return new(name, null, lease.Term, TimeSpan.Zero);
        long since;
        lock (_gate)
        {
            if (!_renewed.TryGetValue((name, lease.Term), out since)) since = _opened;
        }
        var remaining = lease.Duration - _time.GetElapsedTime(since);
        return new(name, lease.Holder, lease.Term, remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero);
    }

    /// <summary>Makes the grant, or null if the lease changed meanwhile. Without a next state, only confirms that the present one still stands.</summary>
    private async Task<LeaseOutcome?> WriteAsync(string name, StoredDocument? document, LeaseDocument? next, CancellationToken cancellationToken)
    {
        // From before the commit: the lease must not last longer than the judge said.
        long now = _time.GetTimestamp();
        var granted = next ?? document!.Read<LeaseDocument>();
        if (next is not null)
        {
            // Before the commit too: between its becoming visible and our next line, a reader must not see a new holding as long ended.
            lock (_gate) Count(name, next.Term, now);
        }
        var outcome = await CommitAsync(name, document, next, cancellationToken);
        if (outcome is not CommitOutcome.Committed) return null;
        lock (_gate)
        {
            Count(name, granted.Term, now);
            if (document is not null && document.Read<LeaseDocument>().Term is long old && old != granted.Term) _renewed.Remove((name, old));
        }
        return new LeaseOutcome.Granted(granted.Term, granted.Duration);
    }

    // Renewals may overtake each other on their way back: the later one counts, or the judge would end a lease before its holder does.
    private void Count(string name, long term, long from) =>
        _renewed[(name, term)] = _renewed.TryGetValue((name, term), out long known) ? Math.Max(known, from) : from;

    private Task<CommitOutcome> CommitAsync(string name, StoredDocument? document, LeaseDocument? next, CancellationToken cancellationToken)
    {
        var key = new DocumentKey(Kind, name);
        return _store.CommitAsync(new()
        {
            Conditions = [new(key, document?.Revision ?? 0)],
            Writes = next is null ? [] : [StoreWrite.Of(key, next)],
        }, cancellationToken);
    }
}
