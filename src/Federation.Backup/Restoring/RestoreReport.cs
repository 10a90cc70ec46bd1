using Federation.Backup.Files;

namespace Federation.Backup.Restoring;

/// <summary>What a restore or recovery did.</summary>
/// <param name="Manifest">The backup's own words; null where none was used.</param>
/// <param name="Notes">What a person should know, each in one line.</param>
public sealed record RestoreReport(BackupManifest? Manifest, IReadOnlyList<string> Notes);
