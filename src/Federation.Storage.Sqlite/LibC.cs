using System.Runtime.InteropServices;

namespace Federation.Storage.Sqlite;

/// <summary>Calls of the C library for which the platform has no like: it opens no folders, and locks every file that it opens.</summary>
internal static partial class LibC
{
    public const int ReadOnly = 0;
    public const int DirectoryOnly = 0x10000;
    public const int CloseOnExec = 0x80000;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    public static partial int Sync(int handle);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int handle);
}
