namespace Federation.Storage.Sqlite;

/// <summary>The database's form: how ours is told from others', made, checked and loaded.</summary>
internal static class SqliteSchema
{
    private const long ApplicationId = 0x46_45_44_31; // "FED1"
    private const long FormatVersion = 2;

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
        string verdict = connection.QueryText("PRAGMA quick_check(1)");
        if (verdict != "ok") throw Damaged(path, verdict);
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
        if (version < FormatVersion)
            throw new StoreOpenException(StoreOpenFailure.NotAStore, $"Store {path} has format {version}, which was never released; this program writes format {FormatVersion}. Start with a fresh state directory.");
        return false;
    }

    private static void Create(SqliteConnection connection, string incarnation)
    {
        connection.Execute("BEGIN IMMEDIATE");
        connection.Execute("CREATE TABLE meta (id INTEGER PRIMARY KEY CHECK (id = 1), incarnation TEXT NOT NULL, term INTEGER NOT NULL, revision INTEGER NOT NULL) STRICT");
        connection.Execute("CREATE TABLE document (kind TEXT NOT NULL, key TEXT NOT NULL, revision INTEGER NOT NULL, created INTEGER NOT NULL, body BLOB NOT NULL, UNIQUE (kind, key)) STRICT");
        connection.Execute("CREATE TABLE batch (revision INTEGER PRIMARY KEY, previous INTEGER NOT NULL, content BLOB NOT NULL) STRICT");
        using (var insert = connection.Prepare("INSERT INTO meta VALUES (1, ?, 0, 0)")) insert.Bind(1, incarnation).Run();
        connection.Execute($"PRAGMA application_id={ApplicationId}");
        connection.Execute($"PRAGMA user_version={FormatVersion}");
        connection.Execute("COMMIT");
    }

    public static StoreOpenException Damaged(string path, string finding, Exception? inner = null) =>
        new(StoreOpenFailure.Corrupt, $"Store {path} is damaged: {finding}. Nothing was changed; restore it from a backup.", inner);

    /// <summary>Reads the table of documents, and over it the batches that came after.</summary>
    /// <exception cref="StoreOpenException">What is there is not what a store left.</exception>
    public static LoadedLog Load(SqliteConnection connection, string path)
    {
        if (connection.QueryInteger("SELECT count(*) FROM meta") != 1) throw Damaged(path, "its meta row is missing");
        long folded = connection.QueryInteger("SELECT revision FROM meta");
        var documents = LoadTable(connection);
        var (foldedBatches, batches) = (new List<long>(), new List<long>());
        var changed = new Dictionary<DocumentKey, StoredDocument?>();
        long newest = folded, bytes = 0;
        using (var select = connection.Prepare("SELECT revision, previous, content FROM batch ORDER BY revision"))
        {
            while (select.Step())
            {
                long revision = select.Integer(0);
                if (revision <= folded)
                {
                    foldedBatches.Add(revision);
                    continue;
                }
                if (select.Integer(1) != newest) throw Damaged(path, $"the changes between revisions {newest} and {select.Integer(1)} are missing");
                byte[] content = select.Blob(2);
                bytes += content.Length;
                newest = Replay(path, content, newest, documents, changed);
                if (newest != revision) throw Damaged(path, $"the batch of revision {revision} ends at {newest}");
                batches.Add(revision);
            }
        }
        if (documents.Values.Any(document => document.Revision > newest || document.CreatedRevision > document.Revision || document.CreatedRevision < 1))
            throw Damaged(path, "a document's revision is not one that was committed");
        return new()
        {
            Incarnation = connection.QueryText("SELECT incarnation FROM meta"),
            Revision = newest,
            Documents = [.. documents.Values],
            FoldedBatches = foldedBatches,
            Batches = batches,
            Changed = changed,
            BatchBytes = bytes,
            LiveBytes = documents.Values.Sum(document => (long)document.Body.Length),
        };
    }

    private static long Replay(string path, byte[] content, long newest, Dictionary<DocumentKey, StoredDocument> documents, Dictionary<DocumentKey, StoredDocument?> changed)
    {
        try
        {
            foreach (var change in BatchContent.Read(content))
            {
                if (change.Revision != newest && change.Revision != newest + 1) throw new InvalidDataException($"revision {change.Revision} follows revision {newest}");
                newest = change.Revision;
                changed[change.Key] = change.Document;
                if (change.Document is { } document) documents[change.Key] = document;
                else documents.Remove(change.Key);
            }
            return newest;
        }
        catch (InvalidDataException e)
        {
            throw Damaged(path, e.Message, e);
        }
    }

    private static Dictionary<DocumentKey, StoredDocument> LoadTable(SqliteConnection connection)
    {
        var documents = new Dictionary<DocumentKey, StoredDocument>();
        var kinds = new SortedDictionary<string, string>(StringComparer.Ordinal);
        using var select = connection.Prepare("SELECT kind, key, revision, created, body FROM document");
        while (select.Step())
        {
            string kind = select.Text(0);
            if (!kinds.TryAdd(kind, kind)) kind = kinds[kind];
            var key = new DocumentKey(kind, select.Text(1));
            documents.Add(key, new(key, select.Integer(2), select.Integer(3), select.Blob(4)));
        }
        return documents;
    }
}
