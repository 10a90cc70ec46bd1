using System.Globalization;
using System.Security.Cryptography;
using Federation.Domain.Workloads;

namespace Federation.Adapters.Node.Processes;

/// <summary>Lays a replica's configs and secrets into its folder in memory, before that is handed to the tenant.</summary>
internal static class MaterialFiles
{
    /// <summary>Writes all; the rule that refuses, or null.</summary>
    /// <param name="home">The folder of relative paths.</param>
    /// <param name="template">What is wanted.</param>
    /// <param name="material">What came.</param>
    /// <param name="opener">Opens it.</param>
    /// <param name="rooted">The folder that stands for a path from the root; null where there are none such.</param>
    public static string? Write(string home, WorkloadTemplate template, IReadOnlyList<SealedFiles> material, IMaterialOpener opener, Func<string, string>? rooted = null)
    {
        return WriteKind("Config", "configs", template.Configs) ?? WriteKind("Secret", "secrets", template.Secrets);

        string? WriteKind(string kind, string folder, IReadOnlyList<FileReference>? references)
        {
            foreach (FileReference reference in references ?? [])
            {
                SealedFiles? files = material.FirstOrDefault(files => files.Kind == kind && files.Name == reference.Name && (reference.Version is not { } version || files.Version == version));
                if (files is null) return $"the {kind} {reference.Name} did not come with the order";
                bool isRooted = rooted is not null && reference.Path is ['/', ..];
                string target = isRooted ? rooted!(reference.Path!) : Path.GetFullPath(Path.Combine(home, reference.Path ?? Path.Combine(folder, reference.Name)));
                if (!isRooted && !target.StartsWith(home + "/", StringComparison.Ordinal)) return $"the path {reference.Path} of the {kind} {reference.Name} leaves the replica's folder";
                if (WriteFiles(target, files, opener) is { } refusal) return refusal;
            }
            return null;
        }
    }

    private static string? WriteFiles(string target, SealedFiles files, IMaterialOpener opener)
    {
        IReadOnlyDictionary<string, byte[]> opened;
        try
        {
            opened = opener.Open(files);
        }
        catch (CryptographicException e)
        {
            return string.Create(CultureInfo.InvariantCulture, $"version {files.Version} of the {files.Kind} {files.Name} cannot be opened here: {e.Message}");
        }
        try
        {
            Directory.CreateDirectory(target, PrivateFolder.OwnerOnly);
            foreach ((string name, byte[] content) in opened)
            {
                if (name is "" or "." or ".." || name.Contains('/') || name.Contains('\0')) return $"the key '{name}' of the {files.Kind} {files.Name} cannot be a file's name";
                using var file = new FileStream(Path.Combine(target, name), new FileStreamOptions
                {
                    Mode = FileMode.CreateNew,
                    Access = FileAccess.Write,
                    BufferSize = 0,
                    UnixCreateMode = UnixFileMode.UserRead,
                });
                file.Write(content);
            }
            return null;
        }
        finally
        {
            foreach (byte[] content in opened.Values) CryptographicOperations.ZeroMemory(content);
        }
    }
}
