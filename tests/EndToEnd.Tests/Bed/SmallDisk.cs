namespace EndToEnd.Tests.Bed;

/// <summary>A folder on a disk of its own that is small and can be filled.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private readonly string _folder;

    private SmallDisk(string folder) => _folder = folder;

    private string Filling => Path.Combine(_folder, ".filling");

    public static async Task<SmallDisk> MountAsync(string folder, int megabytes)
    {
        Directory.CreateDirectory(folder);
        await RootCommand.RunAsync("mount", ["-t", "tmpfs", "-o", $"size={megabytes}m,mode=0700", "federation-bed", folder]);
        return new SmallDisk(folder);
    }

    /// <summary>Writes until no byte more fits.</summary>
    public void Fill()
    {
        using var file = new FileStream(Filling, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (int size = 1 << 20; size > 0;)
        {
            try
            {
                file.Write(new byte[size]);
            }
            catch (IOException)
            {
                size /= 2;
            }
        }
    }

    /// <summary>Gives the room back.</summary>
    public void Free() => File.Delete(Filling);

    public async ValueTask DisposeAsync() => await RootCommand.RunAsync("umount", ["-l", _folder]);
}
