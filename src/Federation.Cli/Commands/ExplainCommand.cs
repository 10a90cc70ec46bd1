using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Federation.Cli.Rendering;
using Federation.Cli.Session;
using Federation.Contracts.Api;
using Federation.Domain.Json;
using Federation.Domain.Resources;
using Federation.Manifests.Schema;
using Federation.Manifests.Text;

namespace Federation.Cli.Commands;

/// <summary><c>fedctl explain</c>: a decision, or a field.</summary>
internal static class ExplainCommand
{
    public static Command Create(CommandScope scope)
    {
        var what = new Argument<string>("what") { Description = "'workload' before a name; or a kind or field: workload.spec.update" };
        var name = new Argument<string?>("name") { Description = "The workload", Arity = ArgumentArity.ZeroOrOne };
        Option<OutputFormat> output = GetCommand.OutputOption();
        var recursive = new Option<bool>("--recursive") { Description = "Of a kind or field: all the fields in it, however deep" };
        var command = new Command("explain", """
            Says why each cluster and node was chosen or refused; or, without a name, what a field means

            Examples:
              fedctl explain workload api
              fedctl explain workload.spec.template.healthCheck
              fedctl explain route --recursive
            """) { what, name, output, recursive };
        scope.Handle(command, async (parse, ct) =>
        {
            string text = parse.GetValue(what)!;
            string? workload = parse.GetValue(name);
            if (workload is null && text.Split('/') is [var kind, { Length: > 0 } slashed]) (text, workload) = (kind, slashed);
            if (workload is null) return Fields(scope.Console, text, parse.GetValue(recursive));
            if (ResourceTarget.KindOf(text).Name != "Workload") throw new CliException(ExitCode.Usage, "only workloads are placed", $"for example: fedctl explain workload {workload}");
            using PlaneSession session = scope.Connect(parse);
            Explanation explanation = await session.Client.ExplainAsync(workload, ct: ct);
            OutputFormat format = parse.GetValue(output);
            if (format is OutputFormat.Json or OutputFormat.Yaml) ResourceOutput.WriteValue(scope.Console, JsonSerializer.SerializeToNode(explanation, DomainJson.Options), format);
            else Write(scope.Console, explanation);
            return ExitCode.Done;
        });
        return command;
    }

    internal static void Write(CliConsole console, Explanation explanation)
    {
        console.Out.WriteLine($"Workload {explanation.Workload}, generation {explanation.Generation.ToString(CultureInfo.InvariantCulture)}: {explanation.Summary}");
        foreach (ClusterExplanation cluster in explanation.Clusters)
        {
            console.Out.WriteLine();
            Line(console, "", cluster);
            foreach (ClusterExplanation node in cluster.Nodes ?? []) Line(console, "  ", node);
        }
    }

    private static void Line(CliConsole console, string indent, ClusterExplanation part)
    {
        string verdict = part switch
        {
            { RefusedBy: { } rule } => $"refused by {rule}",
            { Replicas: 1 } => "1 replica",
            _ => string.Create(CultureInfo.InvariantCulture, $"{part.Replicas} replicas"),
        };
        if (part.Score is { } score) verdict += string.Create(CultureInfo.InvariantCulture, $", score {score:0.##}");
        if (console.OutIsTerminal) verdict = $"\e[{(part.RefusedBy is null ? part.Replicas > 0 ? 32 : 0 : 31)}m{verdict}\e[0m";
        console.Out.WriteLine($"{indent}{part.Cluster}: {verdict}");
        foreach (string line in TextWrap.Lines(part.Reason, indent + "    ", 79)) console.Out.WriteLine(line);
    }

    private static int Fields(CliConsole console, string path, bool recursive)
    {
        (string head, string rest) = path.Split('.', 2) is [var kindName, var inner] ? (kindName, inner) : (path, "");
        ResourceKind kind = ResourceTarget.KindOf(head);
        if (ResourceSchema.Find(kind, rest) is not { } field)
            throw new CliException(ExitCode.NotFound, $"there is no field '{path}'{Near(kind, head, rest)}", $"see the fields: fedctl explain {Parent(kind, head, rest)}");
        foreach (string line in recursive ? FieldDocs.Tree(path, field) : FieldDocs.Lines(path, field)) console.Out.WriteLine(line);
        return ExitCode.Done;
    }

    private static string Near(ResourceKind kind, string head, string path)
    {
        string parent = Parent(kind, head, path);
        FieldDescription? known = parent == head ? ResourceSchema.Describe(kind) : ResourceSchema.Find(kind, parent[(head.Length + 1)..]);
        string wrong = $"{head}.{path}"[(parent.Length + 1)..].Split('.')[0];
        return NearestName.Find(wrong, (known?.Fields ?? []).Select(static field => field.Name)) is { } near ? $"; did you mean {parent}.{near}?" : "";
    }

    // As far as the path is right.
    private static string Parent(ResourceKind kind, string head, string path)
    {
        while (path.Contains('.', StringComparison.Ordinal))
        {
            path = path[..path.LastIndexOf('.')];
            if (ResourceSchema.Find(kind, path) is not null) return $"{head}.{path}";
        }
        return head;
    }
}
