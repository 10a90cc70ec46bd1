using Federation.Domain.Resources;
using Federation.Manifests;
using Federation.Manifests.Reading;

namespace Federation.Cli.Applying;

/// <summary>Reads what <c>-f</c> names: files, folders, <c>-</c>. All of it, or every error and nothing.</summary>
internal static class ManifestFiles
{
    private static readonly string[] Extensions = [".yaml", ".yml", ".json"];

    /// <exception cref="CliException">Something is wrong; every error has been printed.</exception>
    public static async Task<IReadOnlyList<DeclaredResource>> ReadAsync(IReadOnlyList<string> names, string defaultNamespace, CliConsole console, CancellationToken ct)
    {
        var resources = new List<DeclaredResource>();
        var errors = new List<ManifestError>();
        foreach (string source in names.SelectMany(Expand))
        {
            switch (await ReadOneAsync(source, ct))
            {
                case ReadOutcome.Accepted accepted:
                    resources.AddRange(accepted.Resources.Select(declared => declared with { Resource = InNamespace(declared, defaultNamespace) }));
                    break;
                case ReadOutcome.Refused refused:
                    errors.AddRange(refused.Errors);
                    break;
            }
        }
        foreach (IGrouping<(string, string?, string), DeclaredResource> twice in resources
            .GroupBy(declared => (declared.Kind.Name, declared.Resource.Metadata.Namespace, declared.Resource.Metadata.Name)).Where(group => group.Count() > 1))
        {
            DeclaredResource first = twice.First(), second = twice.ElementAt(1);
            errors.Add(new ManifestError(second.Source, "metadata.name", second.Line, 1,
                $"{second.Kind.Name} '{second.Resource.Metadata.Name}' is declared before, in {first.Source}:{first.Line}", "keep one of the two"));
        }
        if (errors.Count == 0) return resources;
        foreach (ManifestError error in errors) console.Error.WriteLine(error.ToString());
        throw new CliException(ExitCode.InvalidInput, $"{(errors.Count == 1 ? "1 error" : $"{errors.Count} errors")}; nothing was changed", "correct the input and apply it again");
    }

    private static IEnumerable<string> Expand(string name)
    {
        if (name == "-" || File.Exists(name)) return [name];
        if (!Directory.Exists(name)) throw new CliException(ExitCode.InvalidInput, $"there is no file or folder '{name}'", "name a file, a folder, or - for standard input");
        string[] files = [.. Directory.EnumerateFiles(name).Where(file => Extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase)).Order(StringComparer.Ordinal)];
        return files.Length > 0 ? files : throw new CliException(ExitCode.InvalidInput, $"the folder '{name}' holds no {string.Join(", ", Extensions)} file");
    }

    private static async Task<ReadOutcome> ReadOneAsync(string source, CancellationToken ct)
    {
        try
        {
            await using Stream stream = source == "-" ? Console.OpenStandardInput() : File.OpenRead(source);
            return await ResourceReader.ReadAsync(stream, source, ct: ct);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new ReadOutcome.Refused([new ManifestError(source, "", 0, 0, $"cannot be read: {failure.Message}")]);
        }
    }

    private static Resource InNamespace(DeclaredResource declared, string room) => declared.Kind.Namespaced && declared.Resource.Metadata.Namespace is null
        ? declared.Resource with { Metadata = declared.Resource.Metadata with { Namespace = room } }
        : declared.Resource;
}
