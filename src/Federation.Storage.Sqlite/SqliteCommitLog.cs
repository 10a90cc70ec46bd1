using System.Buffers;
using System.Globalization;
using Federation.Domain.Chance;
using Federation.Storage.Logs;
using SQLitePCL;

namespace Federation.Storage.Sqlite;

/// <summary>
/// A commit log in one SQLite database: write-ahead log, <c>synchronous=FULL</c>, one database transaction a group.
/// </summary>
/// <remarks>
/// Leadership is the exclusive lock on the file <c>PATH.lock</c>; the term is raised durably on each opening, and each group is conditional on
/// the term and revision that this opener left. A group is one row, carried over into the table of documents later (<see cref="BatchFold"/>). All files are readable by their owner only. All calls to SQLite are made by one thread of the log's own.
/// </remarks>
public sealed class SqliteCommitLog : ICommitLog
{
    private const int KeptContentBytes = 8 * 1024 * 1024;
    private readonly string _path;
    private readonly IChance _chance;
    private readonly SqliteCommitLogOptions _options;
    private readonly LogThread _thread;
    private StoreLock? _lock;
    private SqliteConnection? _connection;
    private ArrayBufferWriter<byte> _content = new();
    private SqliteStatement? _begin;
    private SqliteStatement? _append;
    private SqliteStatement? _commit;
    private BatchFold? _fold;
    private long _term;

    /// <summary>Makes the log; nothing is touched before it is opened.</summary>
    /// <param name="path">The database file. Its folder is made, owner-only, if it is missing.</param>
    /// <param name="chance">Names the incarnation of a new log.</param>
    /// <param name="options">How the disk is used.</param>
    public SqliteCommitLog(string path, IChance chance, SqliteCommitLogOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(chance);
        (_path, _chance, _options) = (Path.GetFullPath(path), chance, options ?? new());
        _thread = new($"store {Path.GetFileName(path)}");
    }

    /// <inheritdoc/>
    public Task<CommitLogState> OpenAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return _thread.RunAsync(Open);
    }

    /// <inheritdoc/>
    public Task AppendAsync(CommitGroup group, CancellationToken cancellationToken)
    {
        // The lock is held until disposal, so there is nothing to confirm.
        if (group.Changes.Count == 0) return Task.CompletedTask;
        return _thread.RunAsync(() =>
        {
            Append(group);
            return true;
        });
    }

    /// <inheritdoc/>
    public Task CompactAsync(long beforeRevision, CancellationToken cancellationToken) => _thread.RunAsync(() =>
    {
        Compact();
        return true;
    });

    /// <inheritdoc/>
    public Task RaiseAsync(long term, long revision, CancellationToken cancellationToken) => _thread.RunAsync(() =>
    {
        // Nothing may wait to be carried over: the revision kept beside the table says how far the table reaches.
        Compact();
        Guard(() => Connection.Execute(string.Create(CultureInfo.InvariantCulture, $"UPDATE meta SET term = {term}, revision = {revision}")));
        _term = term;
        return true;
    });

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _thread.RunAsync(() =>
            {
                Close();
                return true;
            }).ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // Disposed before.
        }
        _thread.Dispose();
    }

    private SqliteConnection Connection => _connection ?? throw new InvalidOperationException($"Store {_path} is not open.");

    private CommitLogState Open()
    {
        try
        {
            CreateFolder();
            _lock = StoreLock.Take(_path);
            if (File.Exists(StoreReplacement.NewPath(_path)))
                throw new StoreOpenException(StoreOpenFailure.HalfRestored, $"Store {_path} was being restored when that was cut short, and {StoreReplacement.NewPath(_path)} is not in its place yet. Run the same fedctl restore or fedctl recover again.");
            CreateFile();
            WriteAheadLog.RequireWhole(_path);
            _connection = SqliteConnection.Open(_path, _options.FileSystem);
            SqliteSchema.Prepare(_connection, _path, _chance.NextUid(), _options);
            var loaded = SqliteSchema.Load(_connection, _path);
            _connection.Execute("UPDATE meta SET term = term + 1");
            _term = _connection.QueryInteger("SELECT term FROM meta");
            _fold = new(_connection, loaded, _options.FoldBytes);
            _begin = _connection.Prepare("BEGIN IMMEDIATE");
            _commit = _connection.Prepare("COMMIT");
            _append = _connection.Prepare("""
                INSERT INTO batch SELECT ?1, ?2, ?3 FROM meta
                WHERE term = ?4 AND max(revision, ifnull((SELECT max(revision) FROM batch), 0)) = ?2
                """);
            return new(loaded.Incarnation, _term, loaded.Revision, loaded.Documents);
        }
        catch (Exception e)
        {
            Close();
            throw e switch
            {
                StoreOpenException => e,
                SqliteFailure { Primary: raw.SQLITE_NOTADB } => new StoreOpenException(StoreOpenFailure.NotAStore, $"{_path} is no SQLite database, or its first page is damaged. It was left as it is; give another path, or restore it from a backup.", e),
                SqliteFailure { IsDamage: true } => SqliteSchema.Damaged(_path, e.Message, e),
                SqliteFailure { Primary: raw.SQLITE_BUSY } => new StoreOpenException(StoreOpenFailure.Locked, $"Store {_path} is in use: another program has the database itself open. Close it, and start again.", e),
                _ => new StoreOpenException(StoreOpenFailure.Unreachable, $"Store {_path} cannot be opened: {e.Message}", e),
            };
        }
    }

    private void CreateFolder()
    {
        string folder = Path.GetDirectoryName(_path)!;
        if (Directory.Exists(folder)) return;
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        DirectorySync.Sync(Path.GetDirectoryName(folder)!);
    }

    /// <summary>SQLite gives its side files the rights of the database, so it alone has to be made with the right ones.</summary>
    private void CreateFile()
    {
        const UnixFileMode ownerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        if (File.Exists(_path))
        {
            if (File.GetUnixFileMode(_path) != ownerOnly) File.SetUnixFileMode(_path, ownerOnly);
            return;
        }
        using (new FileStream(_path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = ownerOnly })) { }
        DirectorySync.Sync(Path.GetDirectoryName(_path)!);
    }

    private void Append(CommitGroup group)
    {
        // One huge group is not to hold its memory for ever.
        if (_content.Capacity > KeptContentBytes) _content = new();
        _content.ResetWrittenCount();
        BatchContent.Write(_content, group.Changes);
        Guard(() =>
        {
            _begin!.Run();
            _append!.Bind(1, group.Revision).Bind(2, group.PreviousRevision).Bind(3, _content.WrittenSpan).Bind(4, _term).Run();
            if (Connection.Changes != 1)
                throw new StoreFencedException($"Store {_path} was written by another since this process opened it (term {_term}, revision {group.PreviousRevision}). End this process; its work was not written.");
            _fold!.Share(group.Changes.Count);
            _commit!.Run();
        });
        _fold!.Committed(group.Revision, group.Changes, _content.WrittenCount);
    }

    private void Compact()
    {
        while (_fold!.HasWork)
        {
            Guard(() =>
            {
                _begin!.Run();
                _fold.ShareOfCompaction();
                _commit!.Run();
            });
            _fold.Committed();
        }
        Guard(() => Connection.Execute("PRAGMA wal_checkpoint(TRUNCATE)"));
    }

    /// <summary>Leaves no transaction open, and says what the disk refused.</summary>
    private void Guard(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e)
        {
            if (Connection.InTransaction) Connection.Execute("ROLLBACK");
            _fold!.Undone();
            if (e is not SqliteFailure failure) throw;
            string hint = failure.Primary switch
            {
                raw.SQLITE_FULL => "the disk is full; free space, and the next write succeeds",
                raw.SQLITE_READONLY => "it has become read-only; check the mount and the rights",
                raw.SQLITE_CORRUPT => "it is damaged; stop this process and restore it from a backup",
                _ => "the disk refused; check its health",
            };
            throw new StoreUnavailableException($"Store {_path} cannot write: {hint}. Nothing of the refused writes is visible. ({failure.Message})", failure);
        }
    }

    private void Close()
    {
        _begin?.Dispose();
        _append?.Dispose();
        _commit?.Dispose();
        _fold?.Dispose();
        (_begin, _append, _commit, _fold) = (null, null, null, null);
        _connection?.Dispose();
        _connection = null;
        _lock?.Dispose();
        _lock = null;
    }
}
