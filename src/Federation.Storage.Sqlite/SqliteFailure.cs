using SQLitePCL;

namespace Federation.Storage.Sqlite;

/// <summary>SQLite answered a call with an error.</summary>
internal sealed class SqliteFailure(int code, string message) : IOException(message)
{
    /// <summary>The extended result code.</summary>
    public int Code { get; } = code;

    /// <summary>The primary result code.</summary>
    public int Primary => Code & 0xff;

    public bool IsDamage => Primary is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB;
}
