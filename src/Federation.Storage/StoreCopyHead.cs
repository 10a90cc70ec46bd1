namespace Federation.Storage;

/// <summary>What a copy of a store is of.</summary>
/// <param name="Store">The service's name.</param>
/// <param name="Incarnation">The store's incarnation.</param>
/// <param name="Term">The term under which it was copied.</param>
/// <param name="Revision">The one revision that all its documents are of.</param>
/// <param name="Format">The form of the documents that follow; see <see cref="StoreCopy.Format"/>.</param>
public sealed record StoreCopyHead(string Store, string Incarnation, long Term, long Revision, int Format);
