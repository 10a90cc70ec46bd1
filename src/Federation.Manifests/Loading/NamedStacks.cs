using Federation.Manifests.Compose;
using Federation.Manifests.Text;

namespace Federation.Manifests.Loading;

/// <summary>
/// Which of the Compose files that are named one by one are one stack: those of one folder that are given one name, by the command, by COMPOSE_PROJECT_NAME or by their own
/// <c>name</c>, and those called after another, as <c>compose.prod.yaml</c> is after <c>compose.yaml</c>. What names do not tell is not joined: a
/// database of two stacks is not one because both call it db.
/// </summary>
internal sealed class NamedStacks
{
    private readonly List<Group> _groups = [];

    // Standard input and pipes are gone once they are read.
    private readonly Dictionary<string, byte[]> _gone = new(StringComparer.Ordinal);

    private NamedStacks() { }

    /// <summary>The files that are joined with others, by their full paths.</summary>
    public IEnumerable<string> Joined => _groups.Where(static group => group.Files.Count > 1).SelectMany(static group => group.Files).Select(static file => file.FullPath);

    /// <summary>What an input held that cannot be read once more; null where it can, or has not been read.</summary>
    public byte[]? ContentOf(string input) => _gone.GetValueOrDefault(input);

    public static async Task<NamedStacks> FindAsync(IReadOnlyList<string> inputs, Func<Stream> standardInput, StackChoices stacks, ReadLimits limits, CancellationToken ct)
    {
        var found = new NamedStacks();
        if (inputs.Count < 2) return found;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string input in inputs)
        {
            bool isStandard = input == ManifestLoader.StandardInput;
            string full = isStandard ? input : Path.GetFullPath(input);
            if (!seen.Add(full) || (!isStandard && (!File.Exists(input) || Path.GetExtension(input).Equals(".json", StringComparison.OrdinalIgnoreCase)))) continue;
            if (await found.ReadAsync(input, standardInput, limits, ct) is not { } content) continue;
            if (SourceText.Decode(content, input, limits).Text is not { } text || !ComposeReader.IsCompose(text)) continue;
            found.Add(new NamedFile(input, full, Path.GetDirectoryName(isStandard ? Path.GetFullPath("x") : full) ?? "", Path.GetFileNameWithoutExtension(input), new ComposeText(input, content)), ComposeReader.NameIn(text), StackFiles.GivenName(input, stacks, limits));
        }
        return found;
    }

    /// <summary>The files that are one stack with an input that is the first of them; null if it is alone, or a later one.</summary>
    public IReadOnlyList<ComposeText>? Of(string input) => _groups.Find(group => group.Files is [var first, _, ..] && first.Input == input)?.Files.ConvertAll(static file => file.Text);

    /// <summary>Says of each that is a stack of its own, beside another, how they would be joined.</summary>
    public IEnumerable<ManifestError> Apart() => _groups.Skip(1).Select(group => new ManifestError(
        group.Files[0].Input, "", 0, 0, $"it is read as a stack of its own, beside {_groups[0].Files[0].Input}", "to join them: fedctl stack deploy -c FILE -c FILE NAME, or --stack NAME for files of one folder"));

    /// <summary>Says of files of a folder that would be one stack if each were named, how to name them. An <c>.override</c> file is joined there as it is.</summary>
    public IEnumerable<ManifestError> ApartInAFolder() =>
        from @group in _groups
        let later = @group.Files.Skip(1).FirstOrDefault(static file => StackFiles.OverriddenBy(file.Input) is null)
        where later is not null
        select new ManifestError(
            later.Input, "", 0, 0, $"in a folder it is read as a stack of its own, beside {@group.Files[0].Input}",
            $"to join them, name each: {string.Join(' ', @group.Files.Select(static file => $"-f {file.Input}"))}");

    private void Add(NamedFile file, string? name, string? given)
    {
        Group? group = _groups.Find(group => group.Files[0].Folder == file.Folder
            && (given is not null || (group.Name ?? name) == (name ?? group.Name) && (name is not null && group.Name is not null || file.Stem.StartsWith(group.Files[0].Stem + ".", StringComparison.Ordinal))));
        if (group is null) _groups.Add(group = new Group());
        group.Files.Add(file);
        group.Name = name ?? group.Name;
    }

    private async Task<byte[]?> ReadAsync(string input, Func<Stream> standardInput, ReadLimits limits, CancellationToken ct)
    {
        try
        {
            await using Stream stream = input == ManifestLoader.StandardInput ? standardInput() : File.OpenRead(input);
            byte[] content = await StackFiles.BoundedAsync(stream, limits, ct);
            if (stream is not FileStream { CanSeek: true }) _gone[input] = content;
            return content;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is told where the file is read.
            return null;
        }
    }

    private sealed record NamedFile(string Input, string FullPath, string Folder, string Stem, ComposeText Text);

    private sealed class Group
    {
        public List<NamedFile> Files { get; } = [];

        public string? Name { get; set; }
    }
}
