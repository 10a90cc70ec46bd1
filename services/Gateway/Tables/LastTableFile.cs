using Federation.Security.Files;

namespace Federation.Gateway.Tables;

/// <summary>The last table in a file of the state directory.</summary>
/// <param name="folder">The state directory; made if need be.</param>
public sealed class LastTableFile(string folder) : ILastTableFile
{
    private readonly string _path = Path.Combine(folder, "last-table");

    /// <inheritdoc/>
    public byte[]? Read() => File.Exists(_path) ? File.ReadAllBytes(_path) : null;

    /// <inheritdoc/>
    public void Replace(ReadOnlySpan<byte> bytes)
    {
        DurableFile.EnsurePrivateFolder(folder);
        DurableFile.Replace(_path, bytes);
    }
}
