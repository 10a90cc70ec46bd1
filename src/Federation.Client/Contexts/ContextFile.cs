using System.Text.Json;
using System.Text.Json.Serialization;
using Federation.Domain.Json;

namespace Federation.Client.Contexts;

/// <summary>
/// The contexts a user has, as one JSON file with owner-only rights:
/// <c>{"current":"local","contexts":{"local":{"server":"http://localhost:7070","tenant":"default","namespace":"default","clientId":"...","clientSecret":"..."}}}</c>.
/// </summary>
public sealed record ContextFile
{
    /// <summary>The variable that names the file and ends the search for one.</summary>
    public const string Variable = "FEDERATION_CONTEXT";

    private const string LocalPath = ".federation/context.json";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The context meant where none is named.</summary>
    public string? Current { get; init; }

    /// <summary>The contexts by name.</summary>
    public IReadOnlyDictionary<string, ClientContext> Contexts { get; init; } = new Dictionary<string, ClientContext>();

    /// <summary>The context of a name, or the current one; null where there is none.</summary>
    public ClientContext? Find(string? name) => (name ?? Current) is { } wanted ? Contexts.GetValueOrDefault(wanted) : null;

    /// <summary>The same with one context added or replaced.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="context">The context.</param>
    /// <param name="makeCurrent">Whether it becomes the current one; the first one always does.</param>
    public ContextFile With(string name, ClientContext context, bool makeCurrent) => this with
    {
        Current = makeCurrent || Current is null ? name : Current,
        Contexts = new SortedDictionary<string, ClientContext>(Contexts.ToDictionary(StringComparer.Ordinal), StringComparer.Ordinal) { [name] = context },
    };

    /// <summary>The same without one context.</summary>
    public ContextFile Without(string name) => this with
    {
        Current = Current == name ? null : Current,
        Contexts = new SortedDictionary<string, ClientContext>(Contexts.Where(pair => pair.Key != name).ToDictionary(StringComparer.Ordinal), StringComparer.Ordinal),
    };

    /// <summary>
    /// Where the contexts are: the path in FEDERATION_CONTEXT; else the nearest <c>.federation/context.json</c> in the working directory or
    /// above it; else <c>~/.config/federation/context.json</c>, whether or not it is there.
    /// </summary>
    /// <param name="environment">Reads a variable.</param>
    /// <param name="workingDirectory">Where the search begins.</param>
    public static string Locate(Func<string, string?> environment, string workingDirectory)
    {
        if (environment(Variable) is { Length: > 0 } named) return Path.GetFullPath(named, workingDirectory);
        for (string? folder = workingDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            string candidate = Path.Combine(folder, LocalPath);
            if (File.Exists(candidate)) return candidate;
        }
        string config = environment("XDG_CONFIG_HOME") is { Length: > 0 } set ? set : Path.Combine(environment("HOME") ?? workingDirectory, ".config");
        return Path.Combine(config, "federation", "context.json");
    }

    /// <summary>Reads the file; an absent one holds no contexts.</summary>
    /// <exception cref="ContextFileException">The file is no context file.</exception>
    public static LoadedContextFile Load(string path)
    {
        if (!File.Exists(path)) return new(new ContextFile(), path, null);
        try
        {
            ContextFile file = JsonSerializer.Deserialize<ContextFile>(File.ReadAllBytes(path), ReadOptions)
                ?? throw new ContextFileException($"{path} holds no contexts");
            return new(file, path, Warning(path));
        }
        catch (JsonException e)
        {
            throw new ContextFileException($"{path} is no context file (line {e.LineNumber + 1}); remove it, or run fedctl login again");
        }
    }

    /// <summary>Writes the file so that only its owner may read it, and no reader ever sees half of it.</summary>
    public void Save(string path)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
        string draft = Path.Combine(folder, $".{Path.GetFileName(path)}.{Path.GetRandomFileName()}");
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
            using (var stream = new FileStream(draft, options))
            {
                JsonSerializer.Serialize(stream, this, DomainJson.Indented);
                stream.Flush(flushToDisk: true);
            }
            File.Move(draft, path, overwrite: true);
        }
        catch
        {
            File.Delete(draft);
            throw;
        }
    }

    private static readonly JsonSerializerOptions ReadOptions = new(DomainJson.Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    private static string? Warning(string path) =>
        !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~OwnerOnly) != 0
            ? $"{path} holds a secret and others may read it; run: chmod 600 {path}"
            : null;
}
