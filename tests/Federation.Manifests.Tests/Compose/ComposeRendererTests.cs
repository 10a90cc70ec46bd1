using System.Text;
using System.Text.Json.Nodes;
using Federation.Domain.Resources;
using Federation.Domain.Routing;
using Federation.Domain.SecretMaterial;
using Federation.Domain.Workloads;
using Federation.Manifests.Compose;
using Federation.Manifests.Compose.Rendering;
using Federation.Manifests.Foreign;
using Federation.Manifests.Writing;

namespace Federation.Manifests.Tests.Compose;

/// <summary>Resources as a Compose file, which reads to the same resources.</summary>
public sealed class ComposeRendererTests
{
    private const string Folder = "tests/Federation.Manifests.Tests/Compose/stacks";

    public static TheoryData<string> Stacks() => [.. RepositoryFiles.Under(Folder), "examples/stack/docker-stack.yml"];

    [Theory]
    [MemberData(nameof(Stacks))]
    public void Render_WhatAStackWasReadTo_ReadsToTheSame(string path)
    {
        IReadOnlyList<Resource> read = Read(File.ReadAllText(RepositoryFiles.Full(path)), "corpus", static _ => Encoding.UTF8.GetBytes("KEY=value\n"));
        AssertReadsToTheSame(read, "corpus");
    }

    /// <summary>Renders a stack and reads it again: nothing is lost, and nothing is new.</summary>
    internal static void AssertReadsToTheSame(IReadOnlyList<Resource> read, string stack)
    {
        ComposeRendering rendering = ComposeRenderer.Render(read, stack);
        Assert.Empty(rendering.Refusals);
        IReadOnlyList<Resource> again = Read(rendering.ToYaml(), null, file => Handed(read, rendering, stack, file));
        AssertSame(read, again, rendering);
        // And once more: what it is rendered as then is the same text.
        Assert.Equal(rendering.ToYaml(), ComposeRenderer.Render(again, stack).ToYaml());
    }

    [Fact]
    public void Render_ASecret_NamesAFileAndNotItsValue()
    {
        ComposeRendering rendering = ComposeRenderer.Render(Read("services: { db: { image: db, secrets: [pw] } }\nsecrets: { pw: { file: pw.txt } }", "shop", static _ => "hunter2"u8.ToArray()), "shop");
        Assert.DoesNotContain("hunter2", rendering.ToYaml(), StringComparison.Ordinal);
        Assert.Contains("file: ./secrets/pw\n", rendering.ToYaml(), StringComparison.Ordinal);
        ComposeNote note = Assert.Single(rendering.Unsaid);
        Assert.Equal(("shop-pw", "spec.data[\"pw\"]", "its value is not written: lay it at ./secrets/pw, or write external: true"), (note.Resource.Metadata.Name, note.Path, note.Reason));
    }

    [Fact]
    public void Render_VariablesOfThePlane_AreFilledInOrTold()
    {
        ComposeRendering rendering = Rendered(new WorkloadTemplate
        {
            Image = "web:1",
            Container = new ContainerTemplate { Arguments = ["--port", "$(PORT)", "--admin=$(PORT_ADMIN)", "$(FEDERATION_REPLICA)", "$$(PORT)", "a$b"] },
            Ports = [new PortTemplate { Name = "http", ContainerPort = 8080 }, new PortTemplate { Name = "admin" }],
        });
        JsonNode service = rendering.File["services"]!["web"]!;
        Assert.Equal(["--port", "8080", "--admin=20001", "$$(FEDERATION_REPLICA)", "$$(PORT)", "a$$b"], service["command"]!.AsArray().Select(static one => (string)one!));
        // Who is given no number in the template is told it.
        Assert.Equal("""{"PORT_ADMIN":"20001"}""", service["environment"]!.ToJsonString());
        Assert.Equal(["spec.template.ports[1].containerPort", "spec.template.container.arguments"], rendering.Unsaid.Select(static note => note.Path));
    }

    [Fact]
    public void Render_WhatKubernetesAloneKnows_IsRefusedWhereItIsNeededAndToldWhereNot()
    {
        ComposeRendering rendering = Rendered(new WorkloadTemplate
        {
            Image = "web:1",
            Container = new ContainerTemplate
            {
                Kubernetes = new KubernetesFields { Needed = new Dictionary<string, string> { ["pod.spec.nodeSelector"] = "{}" }, Extra = new Dictionary<string, string> { ["container.livenessProbe"] = "{}" } },
            },
        });
        Assert.Equal(["spec.template.container.kubernetes.needed[\"pod.spec.nodeSelector\"]"], rendering.Refusals.Select(static note => note.Path));
        Assert.Equal(["spec.template.container.kubernetes.extra[\"container.livenessProbe\"]"], rendering.Unsaid.Select(static note => note.Path));
    }

    [Fact]
    public void Render_AnHttpCheckAndARouteOfItsOwn_StandInTheExtension()
    {
        var route = new Route { Metadata = new() { Name = "shop" }, Spec = new RouteSpec { Host = "shop.example.com", Workload = "web", Port = "http" } };
        ComposeRendering rendering = Rendered(new WorkloadTemplate
        {
            Image = "web:1",
            Ports = [new PortTemplate { Name = "http", ContainerPort = 8080 }],
            HealthCheck = new HealthCheck { Http = new HttpCheck { Path = "/ready" } },
        }, route);
        Assert.Equal("shop.example.com", (string?)rendering.File["services"]!["web"]!["x-federation"]!["routes"]![0]!["host"]);
        Assert.Equal("/ready", (string?)rendering.File["services"]!["web"]!["x-federation"]!["healthCheck"]!["http"]!["path"]);
        Assert.Equal([("web", "spec.template.healthCheck"), ("shop", "spec")], rendering.Unsaid.Select(static note => (note.Resource.Metadata.Name, note.Path)).OrderByDescending(static note => note.Item1));
        Assert.Equal("shop.example.com", Read(rendering.ToYaml(), null, null).OfType<Route>().Single().Spec.Host);
    }

    private static ComposeRendering Rendered(WorkloadTemplate template, params Resource[] beside) =>
        ComposeRenderer.Render([new Workload { Metadata = new() { Name = "web" }, Spec = new WorkloadSpec { Template = template } }, .. beside], "shop");

    // The file that a rendering names, with what the resource behind it holds.
    private static byte[] Handed(IReadOnlyList<Resource> resources, ComposeRendering rendering, string stack, string file)
    {
        string source = Path.GetFileName(file), section = Path.GetFileName(Path.GetDirectoryName(file)!);
        if (section is not ("secrets" or "configs")) throw new FileNotFoundException(file);
        string name = (string?)rendering.File[section]![source]!["name"] ?? ForeignNames.InStack(stack, source);
        MaterialSpec spec = section == "secrets" ? resources.OfType<Secret>().Single(one => one.Metadata.Name == name).Spec : resources.OfType<Config>().Single(one => one.Metadata.Name == name).Spec;
        return spec.Data?.GetValueOrDefault(source) is { } text ? Encoding.UTF8.GetBytes(text) : Convert.FromBase64String(spec.BinaryData![source]);
    }

    private static IReadOnlyList<Resource> Read(string text, string? name, Func<string, byte[]>? open) => [.. ComposeCase.Accepted(ComposeReader.Read(new ComposeInput
    {
        Files = [new ComposeText("stack.yaml", Encoding.UTF8.GetBytes(text))],
        Name = name,
        Folder = RepositoryFiles.Full(Folder),
        Open = open is null ? null : file => Path.GetFileName(file) is ".env" ? throw new FileNotFoundException(file) : open(file),
        Variable = static name => name == "TAG" ? "1.2.3" : null,
    })).Resources.Select(static declared => declared.Resource)];

    private static void AssertSame(IReadOnlyList<Resource> read, IReadOnlyList<Resource> again, ComposeRendering rendering)
    {
        var wrong = new List<string>();
        foreach (Resource one in read)
        {
            Resource? other = again.FirstOrDefault(resource => resource.Kind == one.Kind && resource.Metadata.Name == one.Metadata.Name);
            if (other is null) wrong.Add($"{one.Kind} {one.Metadata.Name} is gone");
            else Compare(ResourceWriter.ToNode(one), ResourceWriter.ToNode(other), $"{one.Kind} {one.Metadata.Name}", wrong);
        }
        wrong.AddRange(again.Where(one => !read.Any(other => other.Kind == one.Kind && other.Metadata.Name == one.Metadata.Name)).Select(static one => $"{one.Kind} {one.Metadata.Name} is new"));
        Assert.True(wrong.Count == 0, $"{string.Join('\n', wrong)}\n\n{rendering.ToYaml()}");
    }

    private static void Compare(JsonNode? a, JsonNode? b, string path, List<string> wrong)
    {
        if (JsonNode.DeepEquals(a, b)) return;
        if (a is JsonObject before && b is JsonObject after)
        {
            foreach (string key in before.Select(static member => member.Key).Union(after.Select(static member => member.Key))) Compare(before[key], after[key], $"{path}.{key}", wrong);
        }
        else wrong.Add($"{path}: {a?.ToJsonString() ?? "nothing"} became {b?.ToJsonString() ?? "nothing"}");
    }
}
