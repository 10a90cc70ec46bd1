namespace Federation.Storage;

/// <summary>What a watch yields.</summary>
public abstract record StoreWatchBatch
{
    private StoreWatchBatch() { }

    /// <summary>The first batch where no cursor was given, or the one given is of another incarnation, in the future, or compacted: everything, from which the follower starts anew.</summary>
    /// <param name="Snapshot">The documents.</param>
    public sealed record Relist(IStoreSnapshot Snapshot) : StoreWatchBatch;

    /// <summary>Changes in the order of revisions, whole transactions, without a gap.</summary>
    /// <param name="Revision">Everything up to this revision has now been yielded.</param>
    /// <param name="Items">The changes of the watched kinds; may be empty.</param>
    public sealed record Changes(long Revision, IReadOnlyList<StoreChange> Items) : StoreWatchBatch;
}
