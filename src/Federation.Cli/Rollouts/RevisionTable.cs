using System.Globalization;
using System.Text.Json;
using Federation.Cli.Rendering;
using Federation.Contracts.Api;
using Federation.Domain.Json;

namespace Federation.Cli.Rollouts;

/// <summary>A workload's templates for people.</summary>
internal static class RevisionTable
{
    /// <summary>All of them.</summary>
    public static void Write(CliConsole console, IReadOnlyList<RevisionView> revisions, OutputFormat format)
    {
        if (format is OutputFormat.Json or OutputFormat.Yaml)
        {
            ResourceOutput.WriteValue(console, JsonSerializer.SerializeToNode(revisions, DomainJson.Options), format);
            return;
        }
        var table = new Table(
            new("NUMBER", Right: true), new("REVISION"), new("STATE"), new("AGE", Right: true), new("BY"), new("CAUSE"));
        foreach (RevisionView revision in revisions)
        {
            table.Add(
                revision.Number.ToString(CultureInfo.InvariantCulture), revision.Revision, State(revision), Age.Of(revision.CreatedAt, DateTimeOffset.UtcNow),
                revision.Writer ?? "", revision.Failure ?? revision.Cause ?? "");
        }
        table.Write(console, format == OutputFormat.Wide);
    }

    /// <summary>One of them, whole.</summary>
    public static void Write(CliConsole console, RevisionView revision, OutputFormat format)
    {
        if (format is not (OutputFormat.Json or OutputFormat.Yaml))
        {
            console.Out.WriteLine($"revision {revision.Number.ToString(CultureInfo.InvariantCulture)} ({revision.Revision}), {State(revision)}");
            console.Out.WriteLine($"declared {revision.CreatedAt.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} by {revision.Writer ?? "?"}{(revision.Cause is { } cause ? $": {cause}" : "")}");
            if (revision.Failure is { } failure) console.Out.WriteLine($"failed: {failure}");
            format = OutputFormat.Yaml;
        }
        ResourceOutput.WriteValue(console, revision.Template, format);
    }

    private static string State(RevisionView revision) => revision switch
    {
        { Failure: not null } => "failed",
        { Current: true, Running: true } => "runs",
        { Current: true } => "declared",
        { Running: true } => "runs still",
        _ => "",
    };
}
