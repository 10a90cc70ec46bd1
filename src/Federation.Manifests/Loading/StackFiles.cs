using Federation.Manifests.Compose;
using Federation.Manifests.Compose.Reading;
using Federation.Manifests.Foreign;
using Federation.Manifests.Text;

namespace Federation.Manifests.Loading;

/// <summary>Compose files on the disk, or from standard input.</summary>
public static class StackFiles
{
    private static readonly string[] UsualNames = ["compose", "docker-compose", "docker-stack", "stack"];

    /// <summary>Reads several files as one stack.</summary>
    /// <param name="files">Paths, the first first; <c>-</c> for standard input.</param>
    /// <param name="standardInput">Opens standard input.</param>
    /// <param name="choices">How.</param>
    /// <param name="limits">What to put up with in each file; the usual if null.</param>
    /// <param name="ct">Ends the reading.</param>
    public static async Task<ComposeOutcome> LoadAsync(IReadOnlyList<string> files, Func<Stream> standardInput, StackChoices choices, ReadLimits? limits = null, CancellationToken ct = default)
    {
        limits ??= ReadLimits.Default;
        var texts = new List<ComposeText>();
        var errors = new List<ManifestError>();
        long bytes = 0;
        foreach (string file in files.Distinct(StringComparer.Ordinal))
        {
            if (bytes > MostBytes(limits)) return new ComposeOutcome.Refused([new(file, "", 0, 0, $"the files of a stack have at most {MostBytes(limits)} bytes together")]);
            try
            {
                await using Stream stream = file == ManifestLoader.StandardInput ? standardInput() : File.OpenRead(file);
                if (await ReadAsync(stream, limits, ct) is { } content)
                {
                    texts.Add(new ComposeText(file, content));
                    bytes += content.Length;
                }
                else errors.Add(SourceText.TooLarge(file, limits));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                errors.Add(new(file, "", 0, 0, $"the file cannot be read: {(e is FileNotFoundException or DirectoryNotFoundException ? "it is not there" : e.Message)}"));
            }
        }
        return errors.Count > 0 ? new ComposeOutcome.Refused(errors) : Read(texts, choices, limits);
    }

    /// <summary>Reads texts that came from files as one stack.</summary>
    internal static ComposeOutcome Read(IReadOnlyList<ComposeText> texts, StackChoices choices, ReadLimits limits) => ComposeReader.Read(Input(texts is [var text, ..] ? text.Source : "", texts, choices, limits));

    /// <summary>The name that the command, or the variable for it, gives a stack that begins with a file; null where neither does.</summary>
    internal static string? GivenName(string first, StackChoices choices, ReadLimits limits) => new ComposeWorld(Input(first, [], choices, limits), new InputErrors(first, limits), limits).GivenName;

    private static ComposeInput Input(string first, IReadOnlyList<ComposeText> texts, StackChoices choices, ReadLimits limits)
    {
        string folder = first is "" or ManifestLoader.StandardInput ? "." : Path.GetDirectoryName(first) is { Length: > 0 } parent ? parent : ".";
        return new ComposeInput
        {
            Files = texts,
            Name = choices.Name,
            UsualName = UsualName(first),
            Folder = folder,
            Profiles = choices.Profiles,
            Variable = choices.Variable,
            EnvironmentFiles = choices.EnvironmentFiles,
            Open = file => OpenBounded(file, limits),
            Limits = limits,
        };
    }

    /// <summary>What is added to a file of a folder by another beside it: <c>compose.override.yaml</c>; null if it is none.</summary>
    internal static string? OverriddenBy(string file)
    {
        string stem = Path.GetFileNameWithoutExtension(file);
        return stem.EndsWith(".override", StringComparison.Ordinal) ? Path.Combine(Path.GetDirectoryName(file) ?? "", stem[..^9]) : null;
    }

    private static string? UsualName(string file)
    {
        if (file is "" or ManifestLoader.StandardInput) return null;
        string stem = Path.GetFileNameWithoutExtension(file);
        return UsualNames.Contains(stem) ? Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(file))) is { Length: > 0 } folder ? folder : null : stem;
    }

    /// <summary>What the files of one stack may have together.</summary>
    internal static long MostBytes(ReadLimits limits) => 4L * limits.MaxBytes;

    // One byte above the limit tells that there is more; an endless file is not read to its end.
    private static byte[] OpenBounded(string file, ReadLimits limits)
    {
        using FileStream stream = File.OpenRead(file);
        using var content = new MemoryStream();
        byte[] buffer = new byte[64 << 10];
        int read;
        while (content.Length <= limits.MaxBytes && (read = stream.Read(buffer)) > 0) content.Write(buffer, 0, read);
        return content.ToArray();
    }

    /// <summary>A content up to one byte above the limit, which tells that there is more: an endless one is not read to its end.</summary>
    internal static async Task<byte[]> BoundedAsync(Stream stream, ReadLimits limits, CancellationToken ct)
    {
        using var content = new MemoryStream();
        byte[] buffer = new byte[64 << 10];
        int read;
        while (content.Length <= limits.MaxBytes && (read = await stream.ReadAsync(buffer, ct)) > 0) content.Write(buffer, 0, read);
        return content.ToArray();
    }

    internal static async Task<byte[]?> ReadAsync(Stream stream, ReadLimits limits, CancellationToken ct) => await BoundedAsync(stream, limits, ct) is var content && content.Length <= limits.MaxBytes ? content : null;
}
