using System.Runtime.InteropServices;

namespace Federation.Storage.Sqlite;

/// <summary>Makes a directory's entries durable: a file that was just made may otherwise be gone after a power cut, with all that was synced into it.</summary>
internal static class DirectorySync
{
    /// <exception cref="IOException">The directory cannot be opened or synced.</exception>
    public static void Sync(string directory)
    {
        int handle = LibC.Open(directory, LibC.ReadOnly | LibC.DirectoryOnly | LibC.CloseOnExec);
        if (handle < 0) throw new IOException($"{directory}: {Marshal.GetLastPInvokeErrorMessage()}");
        try
        {
            if (LibC.Sync(handle) != 0) throw new IOException($"{directory}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
        finally
        {
            _ = LibC.Close(handle);
        }
    }
}
