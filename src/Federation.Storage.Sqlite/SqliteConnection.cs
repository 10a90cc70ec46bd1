using SQLitePCL;

namespace Federation.Storage.Sqlite;

/// <summary>One connection, used by one thread at a time.</summary>
internal sealed class SqliteConnection : IDisposable
{
    private readonly string _path;

    private SqliteConnection(sqlite3 handle, string path) => (Handle, _path) = (handle, path);

    public sqlite3 Handle { get; }

    /// <summary>Opens the file, which must exist.</summary>
    /// <exception cref="SqliteFailure">SQLite cannot open it.</exception>
    public static SqliteConnection Open(string path, string? vfs)
    {
        SqliteLibrary.Use();
        int code = raw.sqlite3_open_v2(path, out var handle, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_NOMUTEX, vfs);
        var connection = new SqliteConnection(handle, path);
        try
        {
            connection.Check(code);
            raw.sqlite3_extended_result_codes(handle, 1);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public void Execute(string sql)
    {
        using var statement = Prepare(sql);
        while (statement.Step()) { }
    }

    public long QueryInteger(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() ? statement.Integer(0) : throw new SqliteFailure(raw.SQLITE_CORRUPT, $"{_path}: '{sql}' gave no row");
    }

    public string QueryText(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() ? statement.Text(0) : throw new SqliteFailure(raw.SQLITE_CORRUPT, $"{_path}: '{sql}' gave no row");
    }

    public SqliteStatement Prepare(string sql)
    {
        Check(raw.sqlite3_prepare_v2(Handle, sql, out var statement));
        return new(this, statement);
    }

    public bool InTransaction => raw.sqlite3_get_autocommit(Handle) == 0;

    public int Changes => raw.sqlite3_changes(Handle);

    public void Check(int code)
    {
        if (code is raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE) return;
        int extended = raw.sqlite3_extended_errcode(Handle);
        throw new SqliteFailure(extended == raw.SQLITE_OK ? code : extended, $"{_path}: {raw.sqlite3_errmsg(Handle).utf8_to_string()} (SQLite error {(extended == raw.SQLITE_OK ? code : extended)})");
    }

    public void Dispose() => Handle.Dispose();
}
