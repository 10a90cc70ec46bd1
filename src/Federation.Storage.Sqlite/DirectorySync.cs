using System.Runtime.InteropServices;

namespace Federation.Storage.Sqlite;

/// <summary>Makes a directory's entries durable: a file that was just made may otherwise be gone after a power cut, with all that was synced into it.</summary>
internal static partial class DirectorySync
{
    private const int ReadOnly = 0;
    private const int DirectoryOnly = 0x10000;
    private const int CloseOnExec = 0x80000;

    /// <exception cref="IOException">The directory cannot be opened or synced.</exception>
    public static void Sync(string directory)
    {
        int handle = Open(directory, ReadOnly | DirectoryOnly | CloseOnExec);
        if (handle < 0) throw new IOException($"{directory}: {Marshal.GetLastPInvokeErrorMessage()}");
        try
        {
            if (Sync(handle) != 0) throw new IOException($"{directory}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
        finally
        {
            _ = Close(handle);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int handle);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int handle);
}
