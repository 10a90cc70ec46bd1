namespace Federation.Storage.Logs;

/// <summary>What a log holds when it is opened.</summary>
/// <param name="Incarnation">Made with the log.</param>
/// <param name="Term">Already raised by this opening.</param>
/// <param name="Revision">The newest durable revision; 0 for a new log.</param>
/// <param name="Documents">Every present document, in any order.</param>
public sealed record CommitLogState(string Incarnation, long Term, long Revision, IReadOnlyList<StoredDocument> Documents);
