using System.Globalization;
using System.Security.Cryptography;
using Federation.Domain.Workloads;

namespace Federation.Adapters.Node.Processes;

/// <summary>Lays a replica's configs and secrets into its folder in memory, before that is handed to the tenant.</summary>
internal static class MaterialFiles
{
    /// <summary>The rights of a single file that does not say its own.</summary>
    public const string UsualMode = "0444";

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
                if (ImagePulls.IsForImage(template, reference)) continue;
                SealedFiles? files = material.FirstOrDefault(files => files.Kind == kind && files.Name == reference.Name && (reference.Version is not { } version || files.Version == version));
                if (files is null) return $"the {kind} {reference.Name} did not come with the order";
                if (rooted is not null && reference.Files is { } singles)
                {
                    if (WriteSingles(singles, rooted, files, opener) is { } rule) return rule;
                    continue;
                }
                bool isRooted = rooted is not null && reference.Path is ['/', ..];
                string target = isRooted ? rooted!(reference.Path!) : Path.GetFullPath(Path.Combine(home, reference.Path ?? Path.Combine(folder, reference.Name)));
                if (!isRooted && !target.StartsWith(home + "/", StringComparison.Ordinal)) return $"the path {reference.Path} of the {kind} {reference.Name} leaves the replica's folder";
                if (WriteFiles(target, files, opener) is { } refusal) return refusal;
            }
            return null;
        }
    }

    private static string? WriteFiles(string target, SealedFiles files, IMaterialOpener opener) => Opened(files, opener, opened =>
    {
        Directory.CreateDirectory(target, PrivateFolder.OwnerOnly);
        foreach ((string name, byte[] content) in opened)
        {
            if (name is "" or "." or ".." || name.Contains('/') || name.Contains('\0')) return $"the key '{name}' of the {files.Kind} {files.Name} cannot be a file's name";
            WriteFile(Path.Combine(target, name), content);
        }
        return null;
    });

    private static string? WriteSingles(IReadOnlyList<FileTarget> singles, Func<string, string> rooted, SealedFiles files, IMaterialOpener opener) => Opened(files, opener, opened =>
    {
        foreach (FileTarget single in singles)
        {
            if (single.Key is null && opened.Count != 1) return $"the {files.Kind} {files.Name} has {opened.Count} files, and it is not said which lies at {single.Path}";
            if (single.Key is { } key && !opened.ContainsKey(key)) return $"the {files.Kind} {files.Name} has no file {key} for {single.Path}";
            string path = rooted(single.Path);
            if (File.Exists(path)) return $"two files are to lie at {single.Path}";
            WriteFile(path, single.Key is null ? opened.Values.Single() : opened[single.Key]);
            File.SetUnixFileMode(path, (UnixFileMode)OctalMode.Read(single.Mode ?? UsualMode)!.Value);
        }
        return null;
    });

    private static string? Opened(SealedFiles files, IMaterialOpener opener, Func<IReadOnlyDictionary<string, byte[]>, string?> write)
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
            return write(opened);
        }
        finally
        {
            foreach (byte[] content in opened.Values) CryptographicOperations.ZeroMemory(content);
        }
    }

    private static void WriteFile(string path, byte[] content)
    {
        using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            BufferSize = 0,
            UnixCreateMode = UnixFileMode.UserRead,
        });
        file.Write(content);
    }
}
