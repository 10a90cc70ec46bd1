using System.Globalization;

namespace Federation.Client.Tests.Cli.Applying;

/// <summary>Files of a few resources, each with some of the fields that writers contend for.</summary>
internal static class RandomStack
{
    public static string Yaml(Random random)
    {
        var documents = new List<string>();
        if (random.Next(4) > 0) documents.Add(Document("Workload", "web", $"{Maybe(random, "replicas: N, ")}{Maybe(random, "singleton: false, ")}template: {{ {Template(random)} }}{Maybe(random, ", update: { maxSurge: N }")}", random));
        if (random.Next(3) > 0) documents.Add(Document("Config", "settings", $"data: {{ {Entries(random)} }}", random));
        if (random.Next(3) > 0 || documents.Count == 0) documents.Add(Document("Route", "web", $"host: web.localhost, workload: web{Maybe(random, ", path: /N")}", random));
        return string.Join("---\n", documents);
    }

    private static string Template(Random random)
    {
        string ports = string.Join(", ", new[] { "http", "admin", "grpc" }.Where(_ => random.Next(2) == 0).Select(name => $"{{ name: {name}{Maybe(random, ", protocol: tcp")} }}"));
        return $"image: 'web:{random.Next(3)}'{Maybe(random, ", drainSeconds: N")}{Maybe(random, $", environment: {{ {Entries(random)} }}")}{(ports.Length > 0 ? $", ports: [{ports}]" : "")}"
            + Maybe(random, ", process: { command: run, arguments: [a, 'N'] }") + Maybe(random, ", resources: { cpu: N00m }") + Maybe(random, ", restart: { condition: never }");
    }

    private static string Entries(Random random) =>
        string.Join(", ", new[] { "A", "B", "C.txt", "d" }.Where((_, index) => index == 0 || random.Next(2) == 0).Select(key => $"{key}: 'value {random.Next(3)}'"));

    private static string Document(string kind, string name, string spec, Random random) =>
        $"apiVersion: federation/v1\nkind: {kind}\nmetadata: {{ name: {name}{Maybe(random, ", labels: { app: vN }")}{Maybe(random, ", annotations: { note: 'line N' }")} }}\nspec: {{ {spec} }}\n";

    private static string Maybe(Random random, string text) =>
        random.Next(2) == 0 ? "" : text.Replace("N", random.Next(1, 4).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
}
