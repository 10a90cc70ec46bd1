using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Federation.Security.Files;

/// <summary>Small files that only their owner may read and that a crash never leaves half written.</summary>
public static class DurableFile
{
    /// <summary>Read and write for the owner alone.</summary>
    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>
    /// Replaces a file's content: after a crash at any instant the file is the old one or the new one, whole.
    /// Returns once the new one is on the disk, its name included.
    /// </summary>
    public static void Replace(string path, ReadOnlySpan<byte> content, UnixFileMode mode = OwnerOnly)
    {
        string full = Path.GetFullPath(path);
        string folder = Path.GetDirectoryName(full)!;
        string temporary = Path.Combine(folder, $".{Path.GetFileName(full)}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}.tmp");
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = mode;
            using (var stream = new FileStream(temporary, options))
            {
                stream.Write(content);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, full, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
        SyncFolder(folder);
    }

    /// <summary>Makes a folder that only its owner may enter, or narrows an existing one to that.</summary>
    public static void EnsurePrivateFolder(string path)
    {
        Directory.CreateDirectory(path);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, OwnerOnly | UnixFileMode.UserExecute);
    }

    /// <summary>Refuses a file that others than its owner may read or write.</summary>
    /// <exception cref="UnauthorizedAccessException">They may; the message says how to narrow it.</exception>
    public static void RequirePrivate(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        UnixFileMode mode = File.GetUnixFileMode(path);
        if ((mode & ~(OwnerOnly | UnixFileMode.UserExecute)) != 0)
            throw new UnauthorizedAccessException($"{path} may be read by others than its owner (mode {Convert.ToString((int)mode, 8)}): run chmod 600 {path}");
    }

    // A rename is durable once its folder is; .NET opens no folders.
    private static void SyncFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) return;
        int descriptor = NativeOpen(folder, 0);
        if (descriptor < 0) throw new IOException($"cannot open the folder {folder} to sync it (errno {Marshal.GetLastPInvokeError()})");
        int result = NativeSync(descriptor);
        int error = Marshal.GetLastPInvokeError();
        _ = NativeClose(descriptor);
        if (result != 0) throw new IOException($"cannot sync the folder {folder} (errno {error})");
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int NativeOpen([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int NativeSync(int descriptor);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    private static extern int NativeClose(int descriptor);
}
