using System.Globalization;
using Federation.Domain.Chance;

namespace Federation.Storage.Sqlite;

/// <summary>
/// Puts a new content in the place of a store that no process has open. The store's lock is held from <see cref="Begin"/> to the disposal. Written
/// first beside it (<see cref="Write"/>), then moved into its place (<see cref="Commit"/>), what was there before kept as <c>PATH.replaced</c> (<see cref="KeptPath"/>).
/// Cut at any instant, the store is the old one, the new one, or one that refuses to open and says that the restore is to be run again.
/// </summary>
public sealed class StoreReplacement : IDisposable
{
    private readonly string _path;
    private readonly StoreLock _lock;
    private readonly bool _wasCut;

    private StoreReplacement(string path, StoreLock taken) => (_path, _lock, _wasCut) = (path, taken, File.Exists(NewPath(path)));

    /// <summary>The name under which the new content is written before it takes the store's own.</summary>
    public static string NewPath(string path) => path + ".restoring";

    /// <summary>Under which name what is replaced is kept: the first that is free, so that a second restore does not write over what the first has kept.</summary>
    public static string KeptPath(string path)
    {
        string kept = path + ".replaced";
        for (int number = 2; File.Exists(kept); number++) kept = string.Create(CultureInfo.InvariantCulture, $"{path}.replaced.{number}");
        return kept;
    }

    /// <summary>Whether there is a store in the place.</summary>
    public static bool IsThere(string path) => File.Exists(path);

    /// <summary>Takes the store's lock.</summary>
    /// <exception cref="StoreOpenException">A process has the store open, or the place cannot be reached.</exception>
    public static StoreReplacement Begin(string path)
    {
        string full = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new(full, StoreLock.Take(full));
    }

    /// <summary>Writes the new content, durably, under its temporary name: a new incarnation with the given term, revision and documents.</summary>
    /// <exception cref="IOException">The disk refused.</exception>
    public void Write(long term, long revision, IEnumerable<StoredDocument> documents)
    {
        string path = NewPath(_path);
        DeleteNew();
        using (new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite })) { }
        using (var connection = SqliteConnection.Open(path, null))
        {
            SqliteSchema.Prepare(connection, path, SecureChance.Instance.NextUid(), new SqliteCommitLogOptions());
            connection.Execute("BEGIN IMMEDIATE");
            using (SqliteStatement put = connection.Prepare("INSERT INTO document (kind, key, revision, created, body) VALUES (?1, ?2, ?3, ?4, ?5)"))
            {
                foreach (StoredDocument document in documents)
                    put.Bind(1, document.Key.Kind).Bind(2, document.Key.Key).Bind(3, document.Revision).Bind(4, document.CreatedRevision).Bind(5, document.Body.Span).Run();
            }
            connection.Execute(string.Create(CultureInfo.InvariantCulture, $"UPDATE meta SET term = {term}, revision = {revision}"));
            connection.Execute("COMMIT");
            connection.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        DirectorySync.Sync(Path.GetDirectoryName(path)!);
    }

    /// <summary>Takes back what was written, so that the former store opens again; not where an earlier restore was cut, for the stores beside it may be new ones.</summary>
    public void Discard()
    {
        if (!_wasCut) DeleteNew();
    }

    /// <summary>Moves the store out of its place, so that its service makes a new one; returns where it is kept.</summary>
    public string? SetAside()
    {
        string kept = KeptPath(_path);
        bool there = File.Exists(_path);
        // What was committed last may be in the write-ahead log alone: it goes along. Left over without its store it must not be taken for another's.
        foreach (string side in (string[])["-wal", "-shm"])
        {
            if (!there)
            {
                File.Delete(_path + side);
                continue;
            }
            if (File.Exists(_path + side)) File.Move(_path + side, kept + side, overwrite: true);
        }
        if (there) File.Move(_path, kept);
        DirectorySync.Sync(Path.GetDirectoryName(_path)!);
        return there ? kept : null;
    }

    /// <summary>Moves what was written into the store's place; returns where the former store is kept, or null if there was none.</summary>
    public string? Commit()
    {
        string? kept = SetAside();
        File.Move(NewPath(_path), _path);
        DirectorySync.Sync(Path.GetDirectoryName(_path)!);
        return kept;
    }

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();

    private void DeleteNew()
    {
        string path = NewPath(_path);
        foreach (string old in (string[])[path + "-wal", path + "-shm", path]) File.Delete(old);
    }
}
