using Federation.Domain.Resources;
using Federation.Manifests.Text;

namespace Federation.Cli.Session;

/// <summary>A kind and perhaps a name, as a person writes them: <c>workload web</c>, <c>wl/web</c>, <c>clusters</c>.</summary>
internal sealed record ResourceTarget(ResourceKind Kind, string? Name)
{
    /// <summary>For messages and <c>-o name</c>.</summary>
    public string Text => Name is null ? Kind.Plural : Of(Kind, Name);

    public static string Of(ResourceKind kind, string name) => $"{kind.Name.ToLowerInvariant()}/{name}";

    public static IReadOnlyList<ResourceTarget> ParseAll(IReadOnlyList<string> words)
    {
        if (words.Count == 0) throw new CliException(ExitCode.Usage, "name a kind", $"kinds are: {Kinds}");
        if (words.Any(word => word.Contains('/', StringComparison.Ordinal))) return [.. words.Select(Slashed)];
        ResourceKind kind = KindOf(words[0]);
        return words.Count == 1 ? [new(kind, null)] : [.. words.Skip(1).Select(name => new ResourceTarget(kind, name))];
    }

    /// <summary>As <see cref="ParseAll"/>, where each must have a name.</summary>
    public static IReadOnlyList<ResourceTarget> ParseNamed(IReadOnlyList<string> words)
    {
        IReadOnlyList<ResourceTarget> targets = ParseAll(words);
        return targets.FirstOrDefault(target => target.Name is null) is { } unnamed
            ? throw new CliException(ExitCode.Usage, $"name the {unnamed.Kind.Name.ToLowerInvariant()}", $"for example: fedctl get {unnamed.Kind.Plural}, which lists them")
            : targets;
    }

    /// <summary>A workload's name; <c>workload/web</c> is what other commands print.</summary>
    public static string WorkloadName(string text) => text.Contains('/', StringComparison.Ordinal) ? ParseNamed([text])[0].Name! : text;

    public static ResourceKind KindOf(string text) => text is "node" or "nodes" ? throw NodeIsNone() : ResourceKind.Find(text) ?? throw new CliException(ExitCode.Usage,
        $"there is no kind '{text}'{(NearestName.Find(text, ResourceKind.All.SelectMany(static kind => (string[])[kind.Name.ToLowerInvariant(), kind.Plural])) is { } near ? $"; did you mean {near}?" : "")}", $"kinds are: {Kinds}");

    private static string Kinds => string.Join(", ", ResourceKind.All.Select(kind => $"{kind.Plural} ({kind.ShortName})"));

    private static ResourceTarget Slashed(string word) => word.Split('/') switch
    {
        ["node" or "nodes", ..] => throw NodeIsNone(),
        [var kind, { Length: > 0 } name] => new(KindOf(kind), name),
        _ => throw new CliException(ExitCode.Usage, $"'{word}' is not KIND/NAME", "for example: workload/web"),
    };

    private static CliException NodeIsNone() =>
        new(ExitCode.Usage, "a node is no resource of its own, but a part of its cluster", "see: fedctl get nodes -o wide, or fedctl node inspect CLUSTER/NODE");
}
