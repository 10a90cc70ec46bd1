using YamlDotNet.RepresentationModel;

namespace Observability.Tests.Rules;

/// <summary>One alert of <c>deploy/prometheus/rules</c>.</summary>
internal sealed record AlertRule(string Name, string Expression, string Severity, string Summary, string Runbook, string File)
{
    public static IReadOnlyList<AlertRule> All { get; } = [.. Files.SelectMany(Read)];

    public static IEnumerable<string> Files => Directory.EnumerateFiles(Planes.Repository.PathOf("deploy", "prometheus", "rules"), "*.yml").Order(StringComparer.Ordinal);

    public static YamlMappingNode Load(string file)
    {
        var yaml = new YamlStream();
        using StreamReader reader = System.IO.File.OpenText(file);
        yaml.Load(reader);
        return (YamlMappingNode)yaml.Documents[0].RootNode;
    }

    private static IEnumerable<AlertRule> Read(string file) =>
        from YamlMappingNode @group in (YamlSequenceNode)Load(file)["groups"]
        from YamlMappingNode rule in (YamlSequenceNode)@group["rules"]
        select new AlertRule(Text(rule, "alert"), Text(rule, "expr"), Text(rule["labels"], "severity"), Text(rule["annotations"], "summary"), Text(rule["annotations"], "runbook"), file);

    private static string Text(YamlNode node, string key) => ((YamlScalarNode)node[key]).Value!;
}
