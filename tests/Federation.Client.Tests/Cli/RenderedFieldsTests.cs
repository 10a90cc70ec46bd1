using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Federation.Adapters;
using Federation.Adapters.Kubernetes;
using Federation.Adapters.Kubernetes.Rendering;
using Federation.Adapters.Rendering;
using Federation.Adapters.Swarm.Rendering;
using Federation.Domain.Assignments;
using Federation.Domain.Json;
using Federation.Domain.Resources;
using Federation.Domain.Workloads;
using Federation.Manifests.Compose.Rendering;
using Federation.Manifests.Schema;

namespace Federation.Client.Tests.Cli;

/// <summary>Every field of a workload changes what a target is sent, or is said, or is refused: none is dropped in silence.</summary>
public sealed partial class RenderedFieldsTests
{
    private const string Base = """
        {"template":{"image":"web:1","ports":[{"name":"http","containerPort":8080}],"healthCheck":{"exec":{"command":["/bin/check"]}},"container":{}}}
        """;

    // Fields that say nothing alone, or whose words are told by a rule of their own.
    private static readonly Dictionary<string, JsonNode> Values = new(StringComparer.Ordinal)
    {
        ["spec.template.configs[].files[].mode"] = "0440",
        ["spec.template.secrets[].files[].mode"] = "0440",
        ["spec.template.container.user"] = "1000",
        ["spec.template.container.groups"] = new JsonArray("100"),
        ["spec.template.container.stopSignal"] = "SIGQUIT",
        ["spec.template.container.tmpfs[].mode"] = "1777",
        ["spec.template.container.nodes.constraints"] = new JsonArray("node.labels.a == b"),
        ["spec.template.container.nodes.spread"] = new JsonArray("node.labels.a"),
        ["spec.template.container.nodes.maxPerNode"] = 1,
        ["spec.template.container.kubernetes.kind"] = "StatefulSet",
        ["spec.template.container.kubernetes.needed"] = new JsonObject { ["pod.spec.priority"] = "7" },
        ["spec.template.container.kubernetes.extra"] = new JsonObject { ["pod.spec.priority"] = "7" },
        ["spec.template.container.isolation"] = "process",
        ["spec.template.container.binds[].propagation"] = "rslave",
        ["spec.template.container.namespaces"] = new JsonObject { ["pid"] = "host" },
        ["spec.template.ports[].publishedAddress"] = "127.0.0.1",
        ["spec.template.ports[].publish"] = "host",
    };

    // What stands beside a field so that it says something.
    private static readonly Dictionary<string, string> Beside = new(StringComparer.Ordinal)
    {
        ["spec.template.ports[].publish"] = """{"publishedPort":80}""",
        ["spec.template.ports[].publishedAddress"] = """{"publishedPort":80,"publish":"host"}""",
        ["spec.template.configs[].files[].path"] = """{"key":"k"}""",
        ["spec.template.configs[].files[].user"] = """{"key":"k"}""",
        ["spec.template.configs[].files[].group"] = """{"key":"k"}""",
        ["spec.template.configs[].files[].mode"] = """{"key":"k"}""",
        ["spec.template.secrets[].files[].path"] = """{"key":"k"}""",
        ["spec.template.secrets[].files[].user"] = """{"key":"k"}""",
        ["spec.template.secrets[].files[].group"] = """{"key":"k"}""",
        ["spec.template.secrets[].files[].mode"] = """{"key":"k"}""",
        ["spec.template.volumes[].noCopy"] = """{"path":"/v"}""",
    };

    // What no target says, and why that is right.
    private static readonly (string Field, string Target, string Why)[] Silent =
    [
        ("spec.template.container.tmpfs[].mode", "kubernetes", "everyone may write to such a folder there; another mode is refused"),
    ];

    public static TheoryData<string> Targets => ["kubernetes", "swarm", "compose"];

    [Theory]
    [MemberData(nameof(Targets))]
    public void Fields_OfAWorkload_AreSentOrSaidOrRefused(string target)
    {
        var dropped = new List<string>();
        int looked = 0;
        foreach (FieldDescription field in Leaves(ResourceSchema.Find(ResourceKind.Of<Workload>(), "spec")!))
        {
            if (Silent.Any(one => one.Field == field.Path && one.Target == target)) continue;
            (JsonObject without, JsonObject with) = Pair(field);
            (string before, _) = Render(target, without);
            (string after, IReadOnlyList<string> said) = Render(target, with);
            looked++;
            if (before == after && !said.Any(path => IsAround(path, field.Path))) dropped.Add($"{field.Path}: {with.ToJsonString()}\n    said: {string.Join(" | ", said)}");
        }
        Assert.True(dropped.Count == 0, $"{dropped.Count} of {looked}:\n{string.Join('\n', dropped)}");
        Assert.True(looked > 150, $"{looked} fields");
    }

    [Fact]
    public void Needs_EachOne_NamesTheFieldsThatAskForIt() =>
        Assert.Equal(ContainerNeeds.All.Select(static need => need.Capability).Order(StringComparer.Ordinal), ContainerNeeds.Fields.Keys.Order(StringComparer.Ordinal));

    private static IEnumerable<FieldDescription> Leaves(FieldDescription field) => field.ServerWritten ? [] : field.Fields.Count == 0 ? [field] : field.Fields.SelectMany(Leaves);

    // The same workload without the field and with it; a field that must be there has two values.
    private static (JsonObject Without, JsonObject With) Pair(FieldDescription field)
    {
        JsonObject[] both = [JsonNode.Parse(Base)!.AsObject(), JsonNode.Parse(Base)!.AsObject()];
        for (int i = 0; i < 2; i++)
        {
            JsonObject at = both[i];
            string path = "spec";
            string[] steps = field.Path["spec.".Length..].Split('.');
            foreach (string step in steps[..^1])
            {
                path = $"{path}.{step}";
                FieldDescription inner = ResourceSchema.Find(ResourceKind.Of<Workload>(), path)!;
                string name = step.Replace("[]", "", StringComparison.Ordinal);
                if (step.EndsWith("[]", StringComparison.Ordinal))
                {
                    if (at[name] is not JsonArray { Count: > 0 } list) at[name] = list = [new JsonObject()];
                    at = list[0]!.AsObject();
                }
                else
                {
                    if (at[name] is not JsonObject next) at[name] = next = [];
                    at = next;
                }
                Complete(inner, at);
                // A check has one way to ask.
                if (path is "spec.template.healthCheck.http" or "spec.template.healthCheck.tcp") both[i]["template"]!["healthCheck"]!.AsObject().Remove("exec");
            }
            // What is left out is the image's own check.
            if (field.Name == "noHealthCheck") both[i]["template"]!.AsObject().Remove("healthCheck");
            if (Beside.TryGetValue(field.Path, out string? beside)) foreach ((string name, JsonNode? value) in JsonNode.Parse(beside)!.AsObject()) at[name] = value?.DeepClone();
            if (field.Required) at[steps[^1]] = Value(field, i);
            else if (i == 1) at[steps[^1]] = Values.TryGetValue(field.Path, out JsonNode? known) ? known.DeepClone() : Value(field, 1);
        }
        return (both[0], both[1]);
    }

    // What cannot be left out, and what cannot be left out of that.
    private static void Complete(FieldDescription whole, JsonObject at)
    {
        foreach (FieldDescription required in whole.Fields.Where(static one => one.Required))
        {
            if (at[required.Name] is not null) continue;
            if (required.Fields.Count == 0) at[required.Name] = Value(required, 0);
            else
            {
                var inner = new JsonObject();
                at[required.Name] = required.Type.StartsWith("list of ", StringComparison.Ordinal) ? new JsonArray(inner) : inner;
                Complete(required, inner);
            }
        }
    }

    private static JsonNode Value(FieldDescription field, int variant) => field.Type switch
    {
        "text" => field.Name switch { "path" or "source" => $"/x{variant}", "host" or "port" => variant == 0 ? "http" : "other", "address" => $"10.0.0.{variant + 1}", _ => $"x{variant}" },
        "true or false" => field.Default != "true",
        "whole number" => int.Parse(field.Default ?? "0", System.Globalization.CultureInfo.InvariantCulture) + 5 + variant,
        "number" => 0.25 + variant,
        "word" => field.AllowedValues.Where(word => word != field.Default).ElementAt(Math.Min(variant, field.AllowedValues.Count - 2)),
        "list of text" => new JsonArray($"x{variant}"),
        "mapping of text to text" => new JsonObject { ["k"] = $"v{variant}" },
        "CpuMillis" => $"{250 + variant}m",
        "MemoryBytes" => $"{8 + variant}Mi",
        "ReplicaShare" => $"{5 + variant}",
        var type => throw new NotSupportedException($"{field.Path} is a {type}"),
    };

    private static (string Sent, IReadOnlyList<string> Said) Render(string target, JsonObject json)
    {
        WorkloadSpec spec = json.Deserialize<WorkloadSpec>(DomainJson.Options)!;
        if (target == "compose")
        {
            ComposeRendering file = ComposeRenderer.Render([new Workload { Metadata = new() { Name = "web" }, Spec = spec }], "shop");
            return (file.ToYaml(), [.. file.Unsaid.Concat(file.Refusals).Select(static note => note.Path)]);
        }
        // The same revision whatever the template says: of its hash the field is no part that anyone reads.
        var order = new Assignment
        {
            Id = new("u.c"),
            Workload = new(new("acme"), "default", "web"),
            WorkloadUid = "u",
            Cluster = new("c"),
            Replicas = spec.Replicas ?? 1,
            Generation = 1,
            Revision = new("r1"),
            Template = spec.Template,
            Singleton = spec.Singleton,
            LeastReady = spec.Disruption?.LeastReady(spec.Replicas ?? 1),
        };
        SealedFiles[] material =
        [
            .. (spec.Template.Configs ?? []).Select(static one => new SealedFiles("Config", one.Name, one.Version ?? 1, default)),
            .. (spec.Template.Secrets ?? []).Select(static one => new SealedFiles("Secret", one.Name, one.Version ?? 1, default)),
        ];
        OrderRendering rendering = target == "swarm"
            ? SwarmRendering.Of("plane", spec, new DesiredAssignment(order, material), new Opener())
            : KubernetesRendering.Of(new KubernetesOptions { Cluster = new("c"), Node = new("n"), Plane = static () => "plane" }, spec, new DesiredAssignment(order, material), new Opener());
        // What a form refuses names its field in the sentence.
        return (
            string.Concat(rendering.Requests.Select(static request => request.Body.ToJsonString())) + string.Concat(rendering.Refusals.Where(static note => note.Path == "spec.template").Select(static note => note.Reason)),
            [.. rendering.Unsaid.Concat(rendering.Refusals).Where(static note => note.Path != "spec.template").Select(static note => note.Path)]);
    }

    // Several fields of one parent stand in one path, by commas.
    private static bool IsAround(string said, string field)
    {
        string plain = Index().Replace(said, "[]");
        string[] names = plain.Split(", ");
        string parent = names[0][..(names[0].LastIndexOf('.') + 1)];
        return names.Select((name, index) => index == 0 || name.Contains("[].", StringComparison.Ordinal) && name.StartsWith("spec", StringComparison.Ordinal) ? name : name.StartsWith("secrets[]", StringComparison.Ordinal) ? "spec.template." + name : parent + name)
            .Any(name => field == name || field.StartsWith(name + ".", StringComparison.Ordinal) || field.StartsWith(name + "[]", StringComparison.Ordinal) || name.StartsWith(field + "[", StringComparison.Ordinal));
    }

    [GeneratedRegex(@"\[\d+\]")]
    private static partial Regex Index();

    private sealed class Opener : IMaterialOpener
    {
        public IReadOnlyDictionary<string, byte[]> Open(SealedFiles files) => new Dictionary<string, byte[]> { ["k"] = "v"u8.ToArray(), ["x0"] = "v"u8.ToArray(), ["x1"] = "v"u8.ToArray() };
    }
}
