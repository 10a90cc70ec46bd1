using System.Text;
using Federation.Manifests.Compose.Values;
using Federation.Manifests.Foreign;
using Federation.Manifests.Nodes;
using Federation.Manifests.Text;

namespace Federation.Manifests.Compose.Reading;

/// <summary>What a stack's files may see: variables, and other files by their paths. Bounded in files and bytes, whatever they name.</summary>
internal sealed class ComposeWorld
{
    /// <summary>The variable that names the stack, and by which files know its name, whoever gave it.</summary>
    public const string NameVariable = "COMPOSE_PROJECT_NAME";

    private const int MaxFiles = 200;
    private readonly ComposeInput _input;
    private readonly InputErrors _errors;
    private readonly ReadLimits _limits;
    private readonly Dictionary<string, string> _folders = new(StringComparer.Ordinal);
    private readonly Dictionary<string, byte[]?> _read = new(StringComparer.Ordinal);
    private long _bytes;

    public ComposeWorld(ComposeInput input, InputErrors errors, ReadLimits limits)
    {
        (_input, _errors, _limits) = (input, errors, limits);
        foreach (ComposeText file in input.Files) _folders[file.Source] = input.Folder;
        Func<string, string?> own = input.Variable;
        IReadOnlyDictionary<string, string> usual = ReadVariables(own, input.EnvironmentFiles, input.Folder, optional: input.EnvironmentFiles.Count == 0);
        Func<string, string?> set = name => own(name) ?? usual.GetValueOrDefault(name);
        GivenName = input.Name ?? (set(NameVariable) is { Length: > 0 } given ? given : null);
        // Files are looked into only where they ask for it.
        var name = new Lazy<string?>(() => (GivenName ?? WrittenName(set) ?? input.UsualName) is { } found ? ForeignNames.Of(found) : null);
        Variable = asked => asked == NameVariable && name.Value is { } stack ? stack : set(asked);
    }

    /// <summary>The stack's name where the command or the variable gives it, so that files do not; null where neither does.</summary>
    public string? GivenName { get; }

    /// <summary>A variable's value; null where it is not set.</summary>
    public Func<string, string?> Variable { get; }

    /// <summary>Says from which folder the paths in a file begin.</summary>
    public void Place(string source, string folder) => _folders[source] = folder;

    /// <summary>A path that a file names, from where it is looked for.</summary>
    public string Resolve(Position at, string path) => Combine(_folders.GetValueOrDefault(at.Source ?? "") ?? _input.Folder, path);

    public static string Combine(string folder, string path)
    {
        if (path == "~" || path.StartsWith("~/", StringComparison.Ordinal)) return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), path.Length > 1 ? path[2..] : "");
        while (path.StartsWith("./", StringComparison.Ordinal)) path = path[2..].TrimStart('/');
        if (path is "" or ".") return folder;
        return folder == "." ? path : Path.Combine(folder, path);
    }

    /// <summary>A file's bytes; null, and an error, where it cannot be read.</summary>
    public byte[]? ReadFile(Position at, string path, string file, bool required = true)
    {
        if (_input.Open is null)
        {
            _errors.Add(at, path, $"the file {file} is not read here: only the files that were given are", "give them to fedctl, which reads files beside them");
            return null;
        }
        if (_read.TryGetValue(file, out byte[]? known)) return known;
        if (_read.Count >= MaxFiles)
        {
            _errors.Add(at, path, $"a stack is read from at most {MaxFiles} files");
            return null;
        }
        try
        {
            byte[] content = _input.Open(file);
            _bytes += content.Length;
            if (content.Length > _limits.MaxBytes || _bytes > 4L * _limits.MaxBytes)
            {
                _errors.Add(at, path, $"a file has at most {_limits.MaxBytes} bytes, and all of a stack four times as many");
                content = [];
            }
            return _read[file] = content;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            if (required) _errors.Add(at, path, $"the file {file} cannot be read: {(e is FileNotFoundException or DirectoryNotFoundException ? "it is not there" : e.Message)}");
            return _read[file] = null;
        }
    }

    /// <summary>A file's text; null, and an error, where it is none.</summary>
    public string? ReadText(Position at, string path, string file, bool required = true)
    {
        if (ReadFile(at, path, file, required) is not { } bytes) return null;
        (string? text, ManifestError? error) = SourceText.Decode(bytes, file, _limits);
        if (error is not null) _errors.Add(error);
        return text;
    }

    /// <summary>The variables of files, each of which knows those before it.</summary>
    public IReadOnlyDictionary<string, string> ReadVariables(Func<string, string?> own, IEnumerable<string> files, string folder, bool optional)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        string[] names = optional ? [Combine(folder, ".env")] : [.. files];
        foreach (string file in names)
        {
            if (optional && _input.Open is null) break;
            foreach ((string name, string? value) in ReadVariables(default, "", file, name => own(name) ?? variables.GetValueOrDefault(name), raw: false, required: !optional))
            {
                if ((value ?? own(name)) is { } set) variables[name] = set;
            }
        }
        return variables;
    }

    /// <summary>The variables of one file; a value of null is that of a name alone.</summary>
    public IEnumerable<(string Name, string? Value)> ReadVariables(Position at, string path, string file, Func<string, string?> variable, bool raw, bool required)
    {
        if (ReadText(at, path, file, required) is not { } text) return [];
        if (raw) return EnvironmentFile.ReadRaw(text).Select(static line => (line.Name, line.Value));
        var errors = new List<(int Line, string Rule)>();
        var unset = new List<string>();
        // One budget for the whole file: a variable made of variables made of variables does not grow without end.
        Func<string, string?> earlier = static _ => null;
        var interpolator = new Interpolator(name => variable(name) ?? earlier(name), _limits.MaxBytes);
        IReadOnlyList<(string Name, string? Value, int Line)> found = EnvironmentFile.Read(text, (piece, known) =>
        {
            earlier = known;
            return interpolator.Fill(piece, name => unset.Add(name));
        }, (line, rule) => errors.Add((line, rule)));
        foreach (string name in unset.Distinct(StringComparer.Ordinal))
            _errors.Warn(new ManifestError(file, "", 1, 1, $"the variable {(name.Length > 63 ? name[..63] + "..." : name)} is not set, and its value is empty", "in single quotes nothing is filled in; env_file with format: raw takes a file as it stands"));
        foreach ((int line, string rule) in errors) _errors.Add(new ManifestError(file, "", line, 1, rule));
        return found.Select(static line => (line.Name, line.Value));
    }

    // It is known before the first variable is filled in. What is wrong is told where the file is read.
    private string? WrittenName(Func<string, string?> set)
    {
        string? written = null;
        foreach (ComposeText file in _input.Files)
        {
            if (SourceText.Decode(file.Utf8.Span, file.Source, _limits).Text is not { } text) continue;
            try
            {
                var composer = new YamlComposer(text, new NodeBudget(_limits), file.Source, marks: true);
                while (composer.Next() is { } root)
                {
                    if ((root as MappingNode)?.Find("name")?.Value is not ScalarNode { IsNull: false } name) continue;
                    if (new Interpolator(set, _limits.MaxBytes).Fill(name.Text, static _ => { }) is { Length: > 0 } filled) written = filled;
                }
            }
            catch (Exception e) when (e is MalformedTextException or FormatException)
            {
                return null;
            }
        }
        return written;
    }

    /// <summary>Text as a file's bytes.</summary>
    public static bool IsText(byte[] content) => System.Text.Unicode.Utf8.IsValid(content) && !content.AsSpan().Contains((byte)0);

    public static string TextOf(byte[] content) => Encoding.UTF8.GetString(content);
}
