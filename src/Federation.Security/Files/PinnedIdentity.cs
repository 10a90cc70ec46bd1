using System.Text;

namespace Federation.Security.Files;

/// <summary>
/// Whom somebody dealt with first, trusted on first use (TOFU) and kept in a file: what answers under the same address later may be another. To accept
/// that other, a person moves the file away. Not thread-safe.
/// </summary>
/// <param name="path">The file; its folder is made, with owner-only rights, when it is written.</param>
public sealed class PinnedIdentity(string path)
{
    private string? _kept;

    /// <summary>The file.</summary>
    public string Path => path;

    /// <summary>The identity that is kept; null if none is yet.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public string? Kept => _kept ??= File.Exists(path) && File.ReadAllText(path).Trim() is { Length: > 0 } kept ? kept : null;

    /// <summary>Keeps an identity, in place of none; durable before it returns.</summary>
    /// <exception cref="IOException">It was not kept.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    /// <exception cref="InvalidOperationException">There is one.</exception>
    public void Keep(string identity)
    {
        if (Kept is not null) throw new InvalidOperationException($"{path} holds an identity already");
        DurableFile.EnsurePrivateFolder(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!);
        DurableFile.Replace(path, Encoding.UTF8.GetBytes(identity + "\n"));
        _kept = identity;
    }
}
