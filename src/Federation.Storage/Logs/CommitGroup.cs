namespace Federation.Storage.Logs;

/// <summary>Transactions that become durable together.</summary>
/// <param name="PreviousRevision">The store's revision before the group; a log whose newest revision is another has been taken over.</param>
/// <param name="Revision">The revision after it; equal to <paramref name="PreviousRevision"/> where nothing is written.</param>
/// <param name="Changes">The changes in order; those of one revision are one transaction. A key may occur once a revision.</param>
public sealed record CommitGroup(long PreviousRevision, long Revision, IReadOnlyList<StoreChange> Changes);
