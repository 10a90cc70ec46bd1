namespace Federation.Storage.Sqlite;

/// <summary>The database's form: how ours is told from others', made, checked and loaded.</summary>
internal static class SqliteSchema
{
    private const long ApplicationId = 0x46_45_44_31; // "FED1"
    private const long FormatVersion = 1;

    public static void Prepare(SqliteConnection connection, string path, string newIncarnation, SqliteCommitLogOptions options)
    {
        // Before the first read: so the database's own lock is kept too, and the index of the write-ahead log is in our memory, not in a shared file.
        connection.Execute("PRAGMA locking_mode=EXCLUSIVE");
        bool isNew = Recognise(connection, path);
        if (connection.QueryText("PRAGMA journal_mode=WAL") != "wal")
            throw new StoreOpenException(StoreOpenFailure.Unreachable, $"Store {path} cannot be opened: its file system does not carry a write-ahead log.");
        connection.Execute($"PRAGMA synchronous={options.Synchronous}");
        connection.Execute($"PRAGMA wal_autocheckpoint={options.CheckpointPages}");
        connection.Execute("PRAGMA journal_size_limit=67108864");
        connection.Execute("PRAGMA temp_store=MEMORY");
        if (isNew) Create(connection, newIncarnation);
        Verify(connection, path);
    }

    /// <summary>True for a new, empty database; false for one of ours. Changes nothing.</summary>
    private static bool Recognise(SqliteConnection connection, string path)
    {
        long application = connection.QueryInteger("PRAGMA application_id");
        long version = connection.QueryInteger("PRAGMA user_version");
        if (application == 0 && version == 0 && connection.QueryInteger("SELECT count(*) FROM sqlite_schema") == 0) return true;
        if (application != ApplicationId)
            throw new StoreOpenException(StoreOpenFailure.NotAStore, $"{path} is a SQLite database, but none of Federation's stores (its application id is {application}). It was left as it is; give another path.");
        if (version > FormatVersion)
            throw new StoreOpenException(StoreOpenFailure.NewerFormat, $"Store {path} has format {version}; this program knows formats up to {FormatVersion}. Use the newer program that wrote it.");
        return false;
    }

    private static void Create(SqliteConnection connection, string incarnation)
    {
        connection.Execute("BEGIN IMMEDIATE");
        connection.Execute("CREATE TABLE meta (id INTEGER PRIMARY KEY CHECK (id = 1), incarnation TEXT NOT NULL, term INTEGER NOT NULL, revision INTEGER NOT NULL) STRICT");
        connection.Execute("CREATE TABLE document (kind TEXT NOT NULL, key TEXT NOT NULL, revision INTEGER NOT NULL, created INTEGER NOT NULL, body BLOB NOT NULL, UNIQUE (kind, key)) STRICT");
        using (var insert = connection.Prepare("INSERT INTO meta VALUES (1, ?, 0, 0)")) insert.Bind(1, incarnation).Run();
        connection.Execute($"PRAGMA application_id={ApplicationId}");
        connection.Execute($"PRAGMA user_version={FormatVersion}");
        connection.Execute("COMMIT");
    }

    private static void Verify(SqliteConnection connection, string path)
    {
        string verdict = connection.QueryText("PRAGMA quick_check(1)");
        if (verdict != "ok") throw Damaged(path, verdict);
        if (connection.QueryInteger("SELECT count(*) FROM meta") != 1) throw Damaged(path, "its meta row is missing");
        if (connection.QueryInteger("SELECT count(*) FROM document, meta WHERE document.revision > meta.revision OR document.created > document.revision OR document.created < 1") != 0)
            throw Damaged(path, "a document's revision is not one that was committed");
    }

    public static StoreOpenException Damaged(string path, string finding, Exception? inner = null) =>
        new(StoreOpenFailure.Corrupt, $"Store {path} is damaged: {finding}. Nothing was changed; restore it from a backup.", inner);

    public static List<StoredDocument> Load(SqliteConnection connection)
    {
        var documents = new List<StoredDocument>();
        var kinds = new SortedDictionary<string, string>(StringComparer.Ordinal);
        using var select = connection.Prepare("SELECT kind, key, revision, created, body FROM document");
        while (select.Step())
        {
            string kind = select.Text(0);
            if (!kinds.TryAdd(kind, kind)) kind = kinds[kind];
            documents.Add(new(new(kind, select.Text(1)), select.Integer(2), select.Integer(3), select.Blob(4)));
        }
        return documents;
    }
}
