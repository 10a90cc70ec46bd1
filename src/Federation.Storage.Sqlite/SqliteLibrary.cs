using System.Runtime.InteropServices;
using SQLitePCL;

namespace Federation.Storage.Sqlite;

/// <summary>Binds the managed provider to the system's SQLite, once a process.</summary>
internal static class SqliteLibrary
{
    public const string FileName = "libsqlite3.so.0";

    private static readonly Lazy<bool> Bound = new(Bind);

    public static void Use() => _ = Bound.Value;

    private static bool Bind()
    {
        // The provider asks for a library of its own name; the system's is kept up to date by the distribution.
        NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, (name, _, _) => name == "e_sqlite3" ? NativeLibrary.Load(FileName) : 0);
        raw.SetProvider(new SQLite3Provider_e_sqlite3());
        return true;
    }
}
