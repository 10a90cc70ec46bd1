using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Federation.Domain.Clusters;
using Federation.Domain.Policies;
using Federation.Domain.Quantities;
using Federation.Domain.Resources;
using Federation.Domain.Routing;
using Federation.Domain.SecretMaterial;
using Federation.Domain.Tenancy;
using Federation.Domain.Volumes;
using Federation.Domain.Workloads;

namespace Federation.Manifests.Tests;

/// <summary>Valid resources with the texts that YAML is worst at.</summary>
internal static class RandomResource
{
    private static readonly string[] Nasty =
    [
        "", " ", "  lead", "trail ", "yes", "No", "ON", "null", "~", "true", "1", "0x1f", "0o17", "1e3", ".5", ".inf", "2024-01-01", "1:30:00", "-", "- a", "? a", ":", "a:", "a: b", "a #b", "#a", "&a", "*a", "!a", "|", ">", "%a", "@a", "`a", "'a'", "\"a\"", "\\n", "[a]", "{a}", "a, b", "<<", "---", "...", "--- a", "=",
        "\n", "\n\n", "a\n", "a\nb", "a\n\n", "\na", "a\n b\n", " a\nb", "a\n\n\nb\n", "a \nb", "\ta", "a\tb", "a\r\nb", "a\rb", "#a\nb", "--- a\nb", "a\n---\nb\n", "a\n  \nb", "\u0085", "\u2028", "\ufeff", "\u00a0", "\u0007", "\u007f", "é", "日本語", "\U0001F600", "\u0001\u001f",
        "#!/bin/sh\nset -e\n\techo \"$1: done\" # ok\n", "key: value\nlist:\n  - a\n",
    ];

    public static Resource Make(Random random) => random.Next(8) switch
    {
        0 => new Cluster { Metadata = Metadata(random, namespaced: false), Spec = new() { Kind = Pick<ClusterKind>(random), Cordoned = Coin(random), PricePerCoreHour = Coin(random) ? 0.0125m : null, Taints = [new() { Key = "a/b", Value = "c", Effect = Pick<TaintEffect>(random) }] } },
        1 => new Namespace { Metadata = Metadata(random, namespaced: false), Spec = new() { Description = Maybe(random, Text) } },
        2 => new PlacementPolicy { Metadata = Metadata(random), Spec = Policy(random) },
        3 => new Config { Metadata = Metadata(random), Spec = new() { Data = Map(random, FileName, Text), BinaryData = Maybe(random, r => Map(r, k => $"bin-{FileName(k)}", b => Convert.ToBase64String(Bytes(b)))) } },
        4 => new Secret { Metadata = Metadata(random), Spec = new() { Data = new Dictionary<string, string>(Map(random, FileName, Text)) { ["one"] = Text(random) } } },
        5 => new Volume { Metadata = Metadata(random), Spec = Coin(random) ? new() { Shared = true } : new() { Cluster = "eu", Node = Maybe(random, _ => "n1") } },
        6 => new Route { Metadata = Metadata(random), Spec = new() { Host = Coin(random) ? "*.example.com" : "1.2", Path = "/a/b~c", Workload = "true", Port = Maybe(random, _ => "80") } },
        _ => new Workload { Metadata = Metadata(random), Spec = Spec(random) },
    };

    public static JsonNode Node(Random random, int depth) => random.Next(depth > 0 ? 6 : 4) switch
    {
        0 => JsonValue.Create(random.Next(-5, 5) * (Coin(random) ? 1.0 : 1e17)),
        1 => JsonValue.Create(Coin(random)),
        2 or 3 => JsonValue.Create(Text(random))!,
        4 => new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(8) == 0 ? null : Node(random, depth - 1))]),
        _ => Map(random, depth),
    };

    private static JsonObject Map(Random random, int depth)
    {
        var map = new JsonObject();
        for (int i = random.Next(4); i > 0; i--)
        {
            // A plain << is the merge key, and the writer must keep it apart from the text.
            string key = random.Next(20) == 0 ? new string('k', random.Next(200, 3000)) : Text(random);
            map[key] = random.Next(8) == 0 ? null : Node(random, depth - 1);
        }
        return map;
    }

    private static WorkloadSpec Spec(Random random) => new()
    {
        Replicas = Coin(random) ? random.Next(2) : null,
        Singleton = Coin(random),
        PlacementPolicy = Maybe(random, _ => "no"),
        Update = new() { MaxSurge = random.Next(3), MaxUnavailable = random.Next(1, 3) },
        Template = new()
        {
            Image = "registry.example:5000/web@sha256:0123",
            Process = Maybe(random, r => new ProcessTemplate { Command = "run", Arguments = [Text(r), Text(r)], Environment = Maybe(r, e => Map(e, Variable, Text)) }),
            Environment = Maybe(random, r => Map(r, Variable, Text)),
            Ports = [new() { Name = "http", ContainerPort = 80 }, new() { Name = "1", Protocol = PortProtocol.Tcp }, new() { Name = "2", Protocol = Pick<PortProtocol>(random) }],
            Resources = new() { Cpu = new(random.Next(5000)), Memory = new(random.Next()), CpuLimit = new CpuMillis(6000) },
            HealthCheck = random.Next(3) switch { 0 => new() { Http = new() { Path = "/a?b=c#d" } }, 1 => new() { Tcp = new() { Port = "1" } }, _ => new() { Exec = new() { Command = ["true", Text(random)] } } },
            Secrets = [new() { Name = "shop", Path = "a/b c", Version = 3 }],
            Volumes = Volumes(random),
            Restart = new() { Condition = Pick<RestartCondition>(random), BackoffSeconds = random.Next(1, 9) / 4.0 },
        },
    };

    private static PlacementPolicySpec Policy(Random random) => new()
    {
        Affinity = [new() { Key = "region", Operator = LabelOperator.NotIn, Values = ["1", "no", "x"] }, new() { Key = "gpu", Operator = LabelOperator.Exists }],
        Preferred = [new() { Weight = random.Next(1, 100), Term = new() { Key = "a.b/c", Values = ["d"] } }],
        Tolerations = [new(), new() { Key = "a", Value = "", Effect = Pick<TaintEffect>(random) }],
        Spread = [new() { Label = "zone", Min = 1, Max = 2 }],
        Division = Coin(random) ? new() : new() { Strategy = DivisionStrategy.Weighted, Weights = [new() { Weight = 3, Term = new() { Key = "region", Values = ["eu"] } }] },
        Priority = random.Next(-1000, 1000),
    };

    private static ResourceMetadata Metadata(Random random, bool namespaced = true) => new()
    {
        Name = Coin(random) ? "web" : "1e3",
        Namespace = namespaced ? Maybe(random, _ => "null") : null,
        Labels = Maybe(random, r => new Dictionary<string, string> { ["app"] = "1.0", ["a.b/c_d"] = "", ["yes"] = "No" }),
        Annotations = Maybe(random, r => Map(r, k => $"note-{k.Next(9)}", Text)),
    };

    private static Dictionary<string, string> Map(Random random, Func<Random, string> key, Func<Random, string> value)
    {
        var map = new Dictionary<string, string>();
        for (int i = random.Next(1, 6); i > 0; i--) map[key(random)] = value(random);
        return map;
    }

    private static string Text(Random random)
    {
        if (Coin(random)) return Nasty[random.Next(Nasty.Length)];
        var text = new StringBuilder();
        for (int i = random.Next(1, 5); i > 0; i--) text.Append(Nasty[random.Next(Nasty.Length)]);
        return random.Next(20) == 0 ? text + new string('x', 2000) : text.ToString();
    }

    private static string FileName(Random random) => random.Next(5) switch { 0 => "<<", 1 => "true", 2 => "a b: c", 3 => "é#", _ => string.Create(CultureInfo.InvariantCulture, $"{random.Next(99)}") };

    private static string Variable(Random random) => random.Next(4) switch { 0 => "yes", 1 => "_A.b-c", 2 => "null", _ => string.Create(CultureInfo.InvariantCulture, $"N{random.Next(99)}") };

    private static byte[] Bytes(Random random)
    {
        byte[] bytes = new byte[random.Next(40)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static bool Coin(Random random) => random.Next(2) == 0;

    private static T Pick<T>(Random random) where T : struct, Enum => Enum.GetValues<T>()[random.Next(Enum.GetValues<T>().Length)];

    private static T? Maybe<T>(Random random, Func<Random, T> make) where T : class => Coin(random) ? make(random) : null;

    // One volume at one path or several, and perhaps another.
    private static VolumeReference[] Volumes(Random random)
    {
        VolumeReference[] all = [new() { Name = "data", Path = "/data" }, new() { Name = "data", Path = "/more", ReadOnly = Coin(random) }, new() { Name = "data", SubPath = Maybe(random, _ => "part") }, new() { Name = "logs", Path = "/logs" }];
        random.Shuffle(all);
        return all[..random.Next(1, 4)];
    }
}
