namespace Federation.Hosting;

/// <summary>Files and folders that only their owner reads.</summary>
public static class OwnerOnly
{
    private const UnixFileMode ReadAndWrite = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes the folder, and its parents, if it is not there.</summary>
    public static void CreateDirectory(string path) => Directory.CreateDirectory(path, ReadAndWrite | UnixFileMode.UserExecute);

    /// <summary>Writes the file as a whole or not at all; it is never readable by others, not even for a moment.</summary>
    public static async Task WriteAsync(string path, string text, CancellationToken cancellationToken)
    {
        CreateDirectory(Path.GetDirectoryName(path)!);
        string draft = $"{path}.{Environment.ProcessId}";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = ReadAndWrite };
        await using (var writer = new StreamWriter(draft, options)) await writer.WriteAsync(text.AsMemory(), cancellationToken);
        File.Move(draft, path, overwrite: true);
    }
}
