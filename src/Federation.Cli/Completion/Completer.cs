using System.CommandLine;
using System.CommandLine.Completions;
using Federation.Cli.Rendering;
using Federation.Domain.Clusters;
using Federation.Domain.Resources;
using Federation.Domain.Tenancy;
using Federation.Domain.Workloads;
using Federation.Manifests.Schema;

namespace Federation.Cli.Completion;

/// <summary>What the word at the cursor may become: <c>fedctl __complete -- WORD...</c> asks it, a line for each, <c>NAME</c> or <c>NAME TAB what it is</c>.</summary>
internal static class Completer
{
    /// <summary>The first word by which shells ask.</summary>
    public const string Verb = "__complete";

    /// <summary>In the place of names: the shell's own completion of files.</summary>
    public const string Files = ":files";

    private static readonly string[] Listed = ["nodes", "replicas"];

    public static async Task<int> RunAsync(Command root, Func<Func<string, string?>, LiveNames> live, IReadOnlyList<string> words, TextWriter output, CancellationToken ct)
    {
        CompletionLine line = CompletionLine.Read(root, words is ["--", ..] ? [.. words.Skip(1)] : words);
        string lead = "";
        // --option=VALUE: the shell completes the whole word.
        if (!line.Passed && line.Awaiting is null && line.Word.StartsWith("--", StringComparison.Ordinal) && line.Word.Split('=', 2) is [var name, var begun]
            && CompletionLine.OptionsOf(line.Command).FirstOrDefault(option => option.Name == name) is { } option)
        {
            lead = name + "=";
            line = line with { Awaiting = option, Word = begun };
        }
        LiveNames names = live(option => line.Values.GetValueOrDefault(option));
        foreach ((string candidate, string? description) in await CandidatesAsync(line, names, ct))
        {
            if (candidate == Files || candidate.StartsWith(line.Word, StringComparison.Ordinal))
                await output.WriteAsync(candidate == Files ? Files + "\n" : $"{lead}{candidate}{(description is null ? "" : $"\t{description}")}\n");
        }
        return ExitCode.Done;
    }

    private static async Task<IEnumerable<(string Candidate, string? Description)>> CandidatesAsync(CompletionLine line, LiveNames names, CancellationToken ct)
    {
        if (line.Passed) return Plain([Files]);
        if (line.Awaiting is { } option) return Plain(await ValuesAsync(option, line, names, ct));
        if (line.Word.StartsWith('-'))
            return CompletionLine.OptionsOf(line.Command).Select(static known => (known.Name, FirstLine(known.Description))).OrderBy(static known => known.Item1, StringComparer.Ordinal);
        Command[] inner = [.. line.Command.Subcommands.Where(static command => !command.Hidden)];
        if (inner.Length > 0 && line.Arguments.Count == 0) return inner.Select(static command => (command.Name, FirstLine(command.Description)));
        return Plain(await ArgumentsAsync(line, names, ct));
    }

    private static async Task<IReadOnlyList<string>> ValuesAsync(Option option, CompletionLine line, LiveNames names, CancellationToken ct) => option.Name switch
    {
        "--namespace" => await names.OfAsync(ResourceKind.Of<Namespace>(), ct),
        "--to" or "--from" when line.Command.Name == "move" => await names.OfAsync(ResourceKind.Of<Cluster>(), ct),
        "--cluster" => await names.OfAsync(ResourceKind.Of<Cluster>(), ct),
        "--node" => await names.NodesAsync(ct),
        "--replica" when line.Arguments is [var workload, ..] => await names.ReplicasAsync(Named(workload), ct),
        "--to" or "--to-revision" when line.Arguments is [var workload, ..] => await names.RevisionsAsync(Named(workload), ct),
        "--context" => names.Contexts(),
        "--output" when option.ValueType == typeof(OutputChoice) => OutputChoice.Words,
        "--output" => [.. OutputChoice.Words.Where(static word => !word.EndsWith('='))],
        "--for" when line.Command.Name == "events" => await TargetsAsync(line.Word, names, ct),
        "--filename" or "--file" or "--context-file" or "--from-file" => [Files],
        _ => [.. option.GetCompletions(CompletionContext.Empty).Select(static item => item.Label)],
    };

    private static async Task<IReadOnlyList<string>> ArgumentsAsync(CompletionLine line, LiveNames names, CancellationToken ct)
    {
        string path = string.Join(' ', PathOf(line.Command).Reverse());
        if (path is "explain" && line.Arguments.Count == 0) return Fields(line.Word);
        if (path is "cluster cordon" or "cluster uncordon" or "cluster drain") return line.Arguments.Count == 0 ? await names.OfAsync(ResourceKind.Of<Cluster>(), ct) : [];
        if (path is "confirm-lost") return line.Arguments.Count == 0 ? [.. await names.OfAsync(ResourceKind.Of<Cluster>(), ct), .. await names.PlacesAsync(ct)] : [];
        if (path is "drain" or "cordon" or "uncordon")
        {
            if (line.Arguments.Count == 0) return ["cluster", "node"];
            return line.Arguments is ["cluster"] ? await names.OfAsync(ResourceKind.Of<Cluster>(), ct) : line.Arguments is ["node"] ? await names.PlacesAsync(ct) : [];
        }
        if (path is "context use") return line.Arguments.Count == 0 ? names.Contexts() : [];
        if (path.Split(' ') is ["secret" or "config", ..] and [var kind, _]) return line.Arguments.Count == 0 ? await names.OfAsync(ResourceKind.Find(kind)!, ct) : [];
        Argument? argument = line.Command.Arguments.ElementAtOrDefault(Math.Min(line.Arguments.Count, line.Command.Arguments.Count - 1));
        switch (argument?.Name)
        {
            case "workload" or "service" when line.Arguments.Count == 0:
                return await names.OfAsync(ResourceKind.Of<Workload>(), ct);
            case "what" when line.Command.Name != "top":
                if (line.Arguments is [] || line.Word.Contains('/', StringComparison.Ordinal)) return await TargetsAsync(line.Word, names, ct, withLists: line.Command.Name == "get");
                if (line.Arguments[0] is "replicas" or "replica") return await names.OfAsync(ResourceKind.Of<Workload>(), ct);
                return ResourceKind.Find(line.Arguments[0]) is { } listed ? [.. (await names.OfAsync(listed, ct)).Except(line.Arguments)] : [];
            case "name" when line.Command.Name == "explain":
                return await names.OfAsync(ResourceKind.Of<Workload>(), ct);
            case "name" when line is { Command.Name: "top", Arguments: ["replicas" or "workloads", ..] }:
                return await names.OfAsync(ResourceKind.Of<Workload>(), ct);
            case "name" when line is { Command.Name: "top", Arguments: ["nodes" or "clusters", ..] }:
                return line.Arguments[0] == "nodes" ? await names.NodesAsync(ct) : await names.OfAsync(ResourceKind.Of<Cluster>(), ct);
            default:
                return argument is null ? [] : [.. argument.GetCompletions(CompletionContext.Empty).Select(static item => item.Label)];
        }
    }

    // A kind, or KIND/ and its names.
    private static async Task<IReadOnlyList<string>> TargetsAsync(string word, LiveNames names, CancellationToken ct, bool withLists = false)
    {
        if (word.Split('/', 2) is [var kind, _])
            return ResourceKind.Find(kind) is { } known ? [.. (await names.OfAsync(known, ct)).Select(name => $"{kind}/{name}")] : [];
        return [.. ResourceKind.All.Select(static known => known.Plural), .. ResourceKind.All.Select(static known => known.Name.ToLowerInvariant()), .. withLists ? Listed : []];
    }

    private static IReadOnlyList<string> Fields(string word)
    {
        int dot = word.LastIndexOf('.');
        if (dot < 0) return [.. ResourceKind.All.Select(static kind => kind.Name.ToLowerInvariant())];
        string[] head = word[..dot].Split('.', 2);
        if (ResourceKind.Find(head[0]) is not { } known) return [];
        FieldDescription? field = head.Length == 1 ? ResourceSchema.Describe(known) : ResourceSchema.Find(known, head[1]);
        return [.. (field?.Fields ?? []).Select(inner => $"{word[..dot]}.{inner.Name}")];
    }

    private static string Named(string workload) => workload.Split('/')[^1];

    private static IEnumerable<string> PathOf(Command command)
    {
        for (Command? at = command; at is not null and not RootCommand; at = at.Parents.OfType<Command>().FirstOrDefault()) yield return at.Name;
    }

    private static IEnumerable<(string, string?)> Plain(IEnumerable<string> names) => names.Select(static name => (name, (string?)null));

    private static string? FirstLine(string? text) => text?.Split('\n')[0];
}
