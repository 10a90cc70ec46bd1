using Federation.Storage;

namespace Federation.Backup.Files;

/// <summary>The copies of a plane's stores that belong together.</summary>
/// <param name="Manifest">What they are.</param>
/// <param name="Placement">Copied first.</param>
/// <param name="SecretStore">Copied after Placement: what Placement refers to is in it, unless it was deleted meanwhile.</param>
/// <param name="Identity">Copied last: tenants, namespaces and keys.</param>
public sealed record BackupContent(BackupManifest Manifest, StoreCopy Placement, StoreCopy SecretStore, StoreCopy Identity)
{
    /// <summary>Puts copies together, in the order in which they were taken.</summary>
    public static BackupContent Of(string plane, DateTimeOffset takenAt, StoreCopy placement, StoreCopy secretStore, StoreCopy identity) => new(
        new BackupManifest(
            BackupManifest.CurrentFormat, plane, takenAt, [Line(placement), Line(secretStore), Line(identity)], BackupReferences.Unresolved(placement, secretStore, identity)),
        placement, secretStore, identity);

    internal static BackupManifest.Store Line(StoreCopy copy) => new(copy.Head.Store, copy.Head.Incarnation, copy.Head.Term, copy.Head.Revision, copy.Documents.Count, copy.Digest);
}
