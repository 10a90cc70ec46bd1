namespace Federation.Adapters.Node.Processes;

/// <summary>Folders and small files of the node itself.</summary>
internal static class PrivateFolder
{
    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    public const UnixFileMode Traversable = OwnerOnly | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    public const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static void Ensure(string path, UnixFileMode mode = OwnerOnly)
    {
        Directory.CreateDirectory(path, mode);
        // The process's umask may have narrowed it, an earlier version may have left it wider.
        File.SetUnixFileMode(path, mode);
    }

    /// <summary>Replaces a file as a whole: a reader, or a crash of this process, finds the old content or the new.</summary>
    public static void Replace(string path, string content, bool durable = false)
    {
        string temporary = path + ".new";
        using (var file = new FileStream(temporary, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = OwnerFile }))
        {
            file.Write(System.Text.Encoding.UTF8.GetBytes(content));
            file.Flush(durable);
        }
        File.Move(temporary, path, overwrite: true);
        if (durable) Sync(Path.GetDirectoryName(path)!);
    }

    // A rename is durable once its folder is.
    public static void Sync(string folder)
    {
        int descriptor = Native.Open(folder, 0);
        if (descriptor < 0) throw new IOException($"cannot open the folder {folder} to sync it");
        int result = Native.Sync(descriptor);
        _ = Native.Close(descriptor);
        if (result != 0) throw new IOException($"cannot sync the folder {folder}");
    }
}
