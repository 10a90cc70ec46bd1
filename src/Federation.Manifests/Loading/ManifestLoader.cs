using Federation.Manifests.Compose;
using Federation.Manifests.Kubernetes;
using Federation.Manifests.Kubernetes.Reading;
using Federation.Manifests.Reading;
using Federation.Manifests.Text;

namespace Federation.Manifests.Loading;

/// <summary>Reads what a person names on a command line: files, folders and standard input, all together or not at all.</summary>
public static class ManifestLoader
{
    /// <summary>The name that means standard input.</summary>
    public const string StandardInput = "-";

    private static readonly string[] Extensions = [".yaml", ".yml", ".json"];

    /// <summary>
    /// Reads every input: a file as it is; a folder's <c>*.yaml</c>, <c>*.yml</c> and <c>*.json</c> with those of the folders in it, in
    /// ordinal order of their paths (hidden folders and links to folders left out); <c>-</c> from <paramref name="standardInput"/>. A file
    /// that is named in two ways is read once. The same resource in two places is an error that names both. A Compose file is known by what it
    /// holds, and is a stack of its own, with the <c>.override</c> file beside it where a folder is named; of those that are named one by one, the ones of one folder and one stack are joined,
    /// each with those before it, where the first of them is named. Objects of Kubernetes are known by their apiVersion and
    /// kind, document by document, and are read all together, behind everything else.
    /// </summary>
    /// <param name="inputs">Paths.</param>
    /// <param name="standardInput">Opens standard input.</param>
    /// <param name="defaultNamespace">The namespace of resources that name none, for telling them apart; it is not written into them.</param>
    /// <param name="limits">What to put up with in each file; the usual if null.</param>
    /// <param name="stacks">How Compose files are read; without variables if null.</param>
    /// <param name="ct">Ends the reading.</param>
    /// <returns>Everything in the order of the inputs, or every error of all of them.</returns>
    public static async Task<ReadOutcome> LoadAsync(
        IReadOnlyList<string> inputs, Func<Stream> standardInput, string defaultNamespace, ReadLimits? limits = null, StackChoices? stacks = null, CancellationToken ct = default)
    {
        var resources = new List<DeclaredResource>();
        var errors = new List<ManifestError>();
        var warnings = new List<ManifestError>();
        limits ??= ReadLimits.Default;
        stacks ??= new StackChoices();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        // Selectors of Kubernetes lead from one file to another: they are read once all are there.
        var foreign = new List<ManifestDocument>();
        NamedStacks named = await NamedStacks.FindAsync(inputs, standardInput, stacks, limits, ct);
        var inFolders = new List<string>();
        seen.UnionWith(named.Joined);
        foreach (string input in inputs.Distinct(StringComparer.Ordinal))
        {
            if (named.Of(input) is { } joined) Take(ReadStack(joined, stacks, limits));
            if (input == StandardInput)
            {
                if (!seen.Add(StandardInput)) continue;
                await using Stream stream = named.ContentOf(input) is { } read ? new MemoryStream(read) : standardInput();
                Take(await ReadAsync(stream, StandardInput, InputFormat.Auto, [], limits, stacks, foreign, ct));
                continue;
            }
            List<string> files = Expand(input, errors);
            if (Directory.Exists(input)) inFolders.AddRange(files);
            foreach (string file in files)
            {
                string? overridden = Directory.Exists(input) ? StackFiles.OverriddenBy(file) : null;
                if (overridden is not null && files.Any(other => IsOf(other, overridden))) continue;
                string[] over = Directory.Exists(input) ? [.. files.Where(other => StackFiles.OverriddenBy(other) is { } stem && IsOf(file, stem))] : [];
                bool first = seen.Add(Path.GetFullPath(file));
                string[] further = [.. over.Where(other => seen.Add(Path.GetFullPath(other)))];
                if (first) Take(await ReadFileAsync(file, named.ContentOf(file), over, limits, stacks, foreign, ct));
                else errors.AddRange(further.Select(other => new ManifestError(other, "", 0, 0, $"it changes {file}, which is named by itself and read without it", "name the folder alone, or this file behind the other")));
            }
        }
        if (foreign.Count > 0) Take(KubernetesReader.Read(foreign, defaultNamespace, limits));
        if (inputs.Count == 0) errors.Add(new("", "", 0, 0, "no input is named", "name a file, a folder, or - for standard input"));
        AddDuplicates(resources, defaultNamespace, errors);
        if (errors.Count > 0)
        {
            warnings.AddRange(named.Apart());
            // What is called after another comes behind it.
            string[] inTurn = [.. inFolders.OrderBy(static file => Path.GetFileName(file).Count('.'))];
            warnings.AddRange((await NamedStacks.FindAsync(inTurn, standardInput, stacks, limits, ct)).ApartInAFolder());
        }
        return errors.Count > 0 ? new ReadOutcome.Refused(errors) { Warnings = warnings } : new ReadOutcome.Accepted(resources) { Warnings = warnings };

        void Take(ReadOutcome outcome)
        {
            warnings.AddRange(outcome.Warnings);
            if (outcome is ReadOutcome.Accepted accepted) resources.AddRange(accepted.Resources);
            else errors.AddRange(((ReadOutcome.Refused)outcome).Errors);
        }
    }

    private static bool IsOf(string file, string stem) => Path.Combine(Path.GetDirectoryName(file) ?? "", Path.GetFileNameWithoutExtension(file)) == stem;

    private static async Task<ReadOutcome> ReadFileAsync(string file, byte[]? read, string[] over, ReadLimits limits, StackChoices stacks, List<ManifestDocument> foreign, CancellationToken ct)
    {
        InputFormat format = Path.GetExtension(file).Equals(".json", StringComparison.OrdinalIgnoreCase) ? InputFormat.Json : InputFormat.Auto;
        try
        {
            await using Stream stream = read is null ? File.OpenRead(file) : new MemoryStream(read);
            return await ReadAsync(stream, file, format, over, limits, stacks, foreign, ct);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new ReadOutcome.Refused([new(file, "", 0, 0, $"the file cannot be read: {e.Message}")]);
        }
    }

    private static async Task<ReadOutcome> ReadAsync(Stream stream, string source, InputFormat format, string[] over, ReadLimits limits, StackChoices stacks, List<ManifestDocument> foreign, CancellationToken ct)
    {
        if (await StackFiles.ReadAsync(stream, limits, ct) is not { } content) return new ReadOutcome.Refused([SourceText.TooLarge(source, limits)]);
        (string? text, ManifestError? error) = SourceText.Decode(content, source, limits);
        if (text is null) return new ReadOutcome.Refused([error!]);
        if (format != InputFormat.Json && ComposeReader.IsCompose(text))
        {
            var texts = new List<ComposeText> { new(source, content) };
            foreach (string file in over) texts.Add(new(file, await File.ReadAllBytesAsync(file, ct)));
            return ReadStack(texts, stacks, limits);
        }
        ReadOutcome outcome = ResourceReader.Split(text, source, format, limits, foreign);
        if (over.Length == 0 || outcome is not ReadOutcome.Accepted accepted1) return outcome;
        // Beside what is no Compose file, the other file is one like any.
        var all = new List<DeclaredResource>(accepted1.Resources);
        foreach (string file in over)
        {
            ReadOutcome other = await ReadFileAsync(file, null, [], limits, stacks, foreign, ct);
            if (other is not ReadOutcome.Accepted more) return other;
            all.AddRange(more.Resources);
        }
        return new ReadOutcome.Accepted(all);
    }

    private static ReadOutcome ReadStack(IReadOnlyList<ComposeText> texts, StackChoices stacks, ReadLimits limits) => StackFiles.Read(texts, stacks, limits) switch
    {
        ComposeOutcome.Accepted accepted => new ReadOutcome.Accepted(accepted.Stack.Resources) { Warnings = accepted.Warnings },
        ComposeOutcome.Refused refused => new ReadOutcome.Refused(refused.Errors) { Warnings = refused.Warnings },
        _ => throw new InvalidOperationException("an outcome is accepted or refused"),
    };

    private static List<string> Expand(string input, List<ManifestError> errors)
    {
        if (File.Exists(input)) return [input];
        if (!Directory.Exists(input))
        {
            errors.Add(new(input, "", 0, 0, "there is no such file or folder"));
            return [];
        }
        var options = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            IgnoreInaccessible = false,
            AttributesToSkip = FileAttributes.Hidden | FileAttributes.System,
        };
        try
        {
            var files = new System.IO.Enumeration.FileSystemEnumerable<string>(input, static (ref entry) => entry.ToSpecifiedFullPath(), options)
            {
                ShouldIncludePredicate = static (ref entry) => !entry.IsDirectory && Extensions.Contains(Path.GetExtension(entry.FileName).ToString(), StringComparer.OrdinalIgnoreCase),
                ShouldRecursePredicate = static (ref entry) => (entry.Attributes & FileAttributes.ReparsePoint) == 0,
            };
            List<string> found = [.. files.Order(StringComparer.Ordinal)];
            if (found.Count == 0) errors.Add(new(input, "", 0, 0, "the folder holds no manifests", $"they end in {string.Join(", ", Extensions)}"));
            return found;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.Add(new(input, "", 0, 0, $"the folder cannot be read: {e.Message}"));
            return [];
        }
    }

    private static void AddDuplicates(List<DeclaredResource> resources, string defaultNamespace, List<ManifestError> errors)
    {
        var first = new Dictionary<(string Kind, string Namespace, string Name), DeclaredResource>();
        foreach (DeclaredResource declared in resources)
        {
            string scope = declared.Kind.Namespaced ? declared.Resource.Metadata.Namespace ?? defaultNamespace : "";
            if (first.TryAdd((declared.Kind.Name, scope, declared.Resource.Metadata.Name), declared)) continue;
            DeclaredResource other = first[(declared.Kind.Name, scope, declared.Resource.Metadata.Name)];
            errors.Add(new(declared.Source, "metadata.name", declared.Line, 1, $"{declared.Kind.Name} {declared.Resource.Metadata.Name} is declared already in {other.Source}:{other.Line}", "remove one, or give it another name"));
        }
    }
}
