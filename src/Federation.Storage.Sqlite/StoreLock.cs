using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Federation.Storage.Sqlite;

/// <summary>
/// The exclusive lock on the file beside the database: holding it is leadership. The kernel frees it when the process dies, however it dies.
/// The file stays when the lock is given up: deleting it would let two processes hold locks on two files of one name.
/// </summary>
internal sealed class StoreLock : IDisposable
{
    private readonly FileStream _file;

    private StoreLock(FileStream file) => _file = file;

    /// <exception cref="StoreOpenException">Another holds it, or the file cannot be made.</exception>
    public static StoreLock Take(string databasePath)
    {
        string path = databasePath + ".lock";
        try
        {
            var file = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
            NameHolder(file);
            return new(file);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or DirectoryNotFoundException)
        {
            throw new StoreOpenException(StoreOpenFailure.Unreachable, $"Store {databasePath} cannot be opened: its lock file {path} cannot be made: {e.Message}", e);
        }
        catch (IOException e)
        {
            if (!File.Exists(path)) throw new StoreOpenException(StoreOpenFailure.Unreachable, $"Store {databasePath} cannot be opened: its lock file {path} cannot be made: {e.Message}", e);
            throw new StoreOpenException(StoreOpenFailure.Locked, $"Store {databasePath} is in use by {Holder(path)}, which holds its lock file {path}. Stop that process, or give this one another state directory.", e);
        }
    }

    public void Dispose() => _file.Dispose();

    // For the message of whoever finds it locked. The lock itself is the kernel's, and held where the disk has no room for the name.
    private static void NameHolder(FileStream file)
    {
        try
        {
            RandomAccess.SetLength(file.SafeFileHandle, 0);
            RandomAccess.Write(file.SafeFileHandle, Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)), 0);
        }
        catch (IOException)
        {
        }
    }

    private static string Holder(string path)
    {
        // Opened by hand: the platform would ask for the very lock that is held.
        using var handle = new SafeFileHandle(LibC.Open(path, LibC.ReadOnly | LibC.CloseOnExec), ownsHandle: true);
        if (handle.IsInvalid) return "another process";
        Span<byte> text = stackalloc byte[16];
        int count = RandomAccess.Read(handle, text, 0);
        return int.TryParse(text[..count], NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? $"process {id}" : "another process";
    }
}
