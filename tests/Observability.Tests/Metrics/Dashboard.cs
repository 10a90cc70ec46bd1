using System.Text.Json.Nodes;
using Observability.Tests.Planes;

namespace Observability.Tests.Metrics;

/// <summary>The queries of <c>deploy/grafana</c>.</summary>
internal static class Dashboard
{
    public static IReadOnlyList<string> Files { get; } = [.. Directory.EnumerateFiles(Repository.PathOf("deploy", "grafana", "dashboards"), "*.json").Order(StringComparer.Ordinal)];

    /// <summary>Each panel's queries, as Prometheus gets them.</summary>
    /// <param name="interval">What Grafana puts in the place of <c>$__rate_interval</c>.</param>
    public static IEnumerable<(string Panel, string Expression)> Queries(string interval) =>
        from file in Files
        let dashboard = Read(file)
        from panel in dashboard["panels"]!.AsArray()
        from target in panel!["targets"]!.AsArray()
        select ($"{dashboard["title"]}: {panel["title"]}", target!["expr"]!.GetValue<string>().Replace("$__rate_interval", interval, StringComparison.Ordinal));

    public static JsonNode Read(string file) => JsonNode.Parse(File.ReadAllText(file))!;
}
