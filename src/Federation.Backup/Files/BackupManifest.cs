namespace Federation.Backup.Files;

/// <summary>What a backup says of itself, sealed with its content.</summary>
/// <param name="Format">The form of the content.</param>
/// <param name="Plane">The plane's id.</param>
/// <param name="TakenAt">When it was begun, for people.</param>
/// <param name="Stores">The stores, in the order in which they were copied: each wholly after the one before.</param>
/// <param name="Unresolved">References from one store into another that did not resolve when they were copied: the things were deleted or never there.</param>
public sealed record BackupManifest(int Format, string Plane, DateTimeOffset TakenAt, IReadOnlyList<BackupManifest.Store> Stores, IReadOnlyList<string> Unresolved)
{
    /// <summary>The form that is written.</summary>
    public const int CurrentFormat = 1;

    /// <summary>One store.</summary>
    /// <param name="Name">The service.</param>
    /// <param name="Incarnation">The store's life.</param>
    /// <param name="Term">Its term.</param>
    /// <param name="Revision">The one revision that all its documents are of.</param>
    /// <param name="Documents">How many.</param>
    /// <param name="Digest">SHA-256 over them.</param>
    public sealed record Store(string Name, string Incarnation, long Term, long Revision, int Documents, string Digest);
}
