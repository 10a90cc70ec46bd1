using System.Text.Json.Nodes;
using Federation.Adapters.Kubernetes.Client;
using Federation.Adapters.Kubernetes.Client.Resources;
using Federation.Adapters.Kubernetes.Tests.Client;
using Federation.TestKit.Kubernetes.Double;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Federation.Adapters.Kubernetes.Tests.Reconciling;

/// <summary>The agent inside a cluster, as deploy/kubernetes has it.</summary>
public sealed class AgentManifestTests
{
    private static readonly Dictionary<string, ApiResource> Kinds = new(StringComparer.Ordinal)
    {
        ["Namespace"] = ApiResource.Namespaces,
        ["PersistentVolumeClaim"] = ApiResource.PersistentVolumeClaims,
        ["Deployment"] = ApiResource.Deployments,
        ["ServiceAccount"] = new("", "v1", "serviceaccounts", "ServiceAccount", true),
        ["ClusterRole"] = new("rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole", false),
        ["ClusterRoleBinding"] = new("rbac.authorization.k8s.io", "v1", "clusterrolebindings", "ClusterRoleBinding", false),
    };

    [Fact]
    public async Task Manifests_AppliedToACluster_RunOneAgentUnderItsAccountAlone()
    {
        await using KubernetesDouble cluster = await KubernetesDouble.StartAsync(TimeProvider.System, "n1");
        using KubernetesClient client = Clients.Of(cluster.Address);
        JsonObject[] rights = [.. Documents("deploy/kubernetes/agent-rights.yaml")], agent = [.. Documents("deploy/kubernetes/agent.yaml")];
        foreach (JsonObject one in rights.Concat(agent))
            await client.ApplyAsync(Kinds[(string)one["kind"]!], (string?)one["metadata"]!["namespace"], one, force: false, dryRun: false, TestContext.Current.CancellationToken);
        JsonObject deployment = agent.Single(static one => (string?)one["kind"] == "Deployment"), account = rights.Single(static one => (string?)one["kind"] == "ServiceAccount");
        JsonNode pod = deployment["spec"]!["template"]!["spec"]!;
        Assert.Equal((string?)account["metadata"]!["name"], (string?)pod["serviceAccountName"]);
        Assert.Equal((string?)account["metadata"]!["namespace"], (string?)deployment["metadata"]!["namespace"]);
        JsonNode subject = rights.Single(static one => (string?)one["kind"] == "ClusterRoleBinding")["subjects"]![0]!;
        Assert.Equal(((string?)account["metadata"]!["name"], (string?)account["metadata"]!["namespace"]), ((string?)subject["name"], (string?)subject["namespace"]));
        // Its journal has one writer.
        Assert.Equal(1, (long)deployment["spec"]!["replicas"]!);
        Assert.Equal("Recreate", (string?)deployment["spec"]!["strategy"]!["type"]);
        Assert.Equal((string?)agent.Single(static one => (string?)one["kind"] == "PersistentVolumeClaim")["metadata"]!["name"], (string?)pod["volumes"]![0]!["persistentVolumeClaim"]!["claimName"]);
        JsonNode rules = pod["containers"]![0]!["securityContext"]!;
        Assert.False((bool)rules["allowPrivilegeEscalation"]!);
        Assert.True((bool)rules["readOnlyRootFilesystem"]!);
        Assert.True((bool)pod["securityContext"]!["runAsNonRoot"]!);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(40));
        while (cluster.List("", "pods", "federation").All(static one => (string?)one["status"]?["phase"] != "Running")) await Task.Delay(20, limit.Token);
    }

    [Fact]
    public void Settings_OfTheManifest_AreThoseThatTheAgentReads()
    {
        string read = File.ReadAllText(Path.Combine(Root(), "services/Agent/Node/AgentOptions.cs"));
        string[] names = [.. Documents("deploy/kubernetes/agent.yaml").Single(static one => (string?)one["kind"] == "Deployment")["spec"]!["template"]!["spec"]!["containers"]![0]!["env"]!.AsArray().Select(static one => (string)one!["name"]!)];
        Assert.All(names.Where(static name => name.StartsWith("Agent__", StringComparison.Ordinal)), name => Assert.Contains($"\"{name["Agent__".Length..].Replace("__", ":", StringComparison.Ordinal)}\"", read, StringComparison.Ordinal));
        Assert.Equal(["gateway", "health", "identity", "placement"], names.Where(static name => name.StartsWith("services__", StringComparison.Ordinal)).Select(static name => name.Split("__")[1]).Order(StringComparer.Ordinal));
        Assert.Equal(names.Length, names.Distinct().Count());
    }

    private static string Root()
    {
        string? folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder!, "Federation.sln"))) folder = Path.GetDirectoryName(folder);
        return folder!;
    }

    private static IEnumerable<JsonObject> Documents(string path)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(File.ReadAllText(Path.Combine(Root(), path))));
        return stream.Documents.Select(static document => (JsonObject)Read(document.RootNode)!);
    }

    private static JsonNode? Read(YamlNode node) => node switch
    {
        YamlMappingNode mapping => new JsonObject(mapping.Children.Select(static child => KeyValuePair.Create(((YamlScalarNode)child.Key).Value!, Read(child.Value)))),
        YamlSequenceNode sequence => new JsonArray([.. sequence.Children.Select(Read)]),
        YamlScalarNode { Style: ScalarStyle.Plain, Value: "true" or "false" } flag => JsonValue.Create(flag.Value == "true"),
        YamlScalarNode { Style: ScalarStyle.Plain } scalar when long.TryParse(scalar.Value, out long number) => JsonValue.Create(number),
        YamlScalarNode scalar => JsonValue.Create(scalar.Value),
        _ => null,
    };
}
