using System.Text.Json.Nodes;
using Federation.Adapters.Kubernetes.Forms;
using Federation.Adapters.Kubernetes.Tests.Reconciling;
using Federation.Domain.Assignments;
using Federation.Domain.Workloads;

namespace Federation.Adapters.Kubernetes.Tests.Forms;

/// <summary>Names and texts of pods where Kubernetes reads them otherwise than the plane.</summary>
public sealed class PodTextTests
{
    [Theory]
    [InlineData("a$b", "a$b")]
    [InlineData("a$$b", "a$$$b")]
    [InlineData("$$", "$$$")]
    [InlineData("$(A)", "$(A)")]
    [InlineData("$$(A)", "$$(A)")]
    [InlineData("$$$(A)", "$$$$(A)")]
    public void Dollars_AreWrittenSoThatAClusterReadsTheSame(string text, string written)
    {
        Assert.Equal(written, DollarText.Of(text));
        Assert.Equal(Meant(text), AsKubernetes(written));
    }

    [Fact]
    public void Variable_ThatOthersAreFilledInFrom_StandsBeforeThem()
    {
        JsonNode pod = Pod(new WorkloadTemplate
        {
            Image = "a",
            Environment = new Dictionary<string, string> { ["URL"] = "postgres://u:$(PASSWORD)@db" },
            Container = new ContainerTemplate { Kubernetes = new KubernetesFields { Needed = new Dictionary<string, string> { ["container.env"] = """[{"name":"PASSWORD","valueFrom":{"secretKeyRef":{"name":"db","key":"p"}}},{"name":"LAST","valueFrom":{"fieldRef":{"fieldPath":"status.podIP"}}}]""" } } },
        });
        List<string> names = [.. pod["containers"]![0]!["env"]!.AsArray().Select(static one => (string)one!["name"]!)];
        Assert.True(names.IndexOf("PASSWORD") < names.IndexOf("URL"));
        Assert.Equal("LAST", names[^1]);
    }

    [Fact]
    public void Headers_OfACheck_AreLaidIn()
    {
        JsonNode pod = Pod(new WorkloadTemplate
        {
            Image = "a",
            Ports = [new PortTemplate { Name = "http", ContainerPort = 80 }],
            HealthCheck = new HealthCheck { Http = new HttpCheck() },
            Container = new ContainerTemplate { Kubernetes = new KubernetesFields { Extra = new Dictionary<string, string> { ["container.readinessProbe.httpGet.httpHeaders"] = """[{"name":"Host","value":"x"}]""" } } },
        });
        Assert.Equal("Host", (string?)pod["containers"]![0]!["readinessProbe"]!["httpGet"]!["httpHeaders"]![0]!["name"]);
    }

    [Fact]
    public void HostNameAndUser_AreAsKubernetesTakesThem()
    {
        JsonNode pod = Pod(new WorkloadTemplate { Image = "a", Container = new ContainerTemplate { Hostname = "git.example.com", User = "root:root", Groups = ["root", "7"] } });
        Assert.Equal("git", (string?)pod["hostname"]);
        Assert.Equal((0, 0), ((int)(long)pod["containers"]![0]!["securityContext"]!["runAsUser"]!, (int)(long)pod["containers"]![0]!["securityContext"]!["runAsGroup"]!));
        Assert.Equal([0, 7], pod["securityContext"]!["supplementalGroups"]!.AsArray().Select(static group => (int)(long)group!));
        Assert.Null(Make(new WorkloadTemplate { Image = "a", Container = new ContainerTemplate { Hostname = "{{.Task.Slot}}" } }, out string? refusal));
        Assert.Equal("its host name '{{.Task.Slot}}' does not begin with lower-case letters, digits and '-', at most 63 of them, which is what Kubernetes takes", refusal);
    }

    // As a cluster fills it in, without variables: every pair is one.
    private static string AsKubernetes(string text) => text.Replace("$$", "$", StringComparison.Ordinal);

    // As the plane means it.
    private static string Meant(string text) => text.Replace("$$(", "$(", StringComparison.Ordinal);

    private static JsonNode Pod(WorkloadTemplate template) => (Make(template, out string? refusal) ?? throw new InvalidOperationException(refusal))["spec"]!["template"]!["spec"]!;

    private static JsonObject? Make(WorkloadTemplate template, out string? refusal)
    {
        Assignment order = KubernetesRig.Order(1) with { Template = template };
        MaterialForm material = MaterialForm.TryMake(KubernetesRig.Names, "d", new DesiredAssignment(order, []), new Nothing(), out refusal)!;
        return DeploymentForm.TryMake(KubernetesRig.Plane, KubernetesRig.Names, order, material, 1, out refusal);
    }

    private sealed class Nothing : IMaterialOpener
    {
        public IReadOnlyDictionary<string, byte[]> Open(SealedFiles files) => throw new InvalidOperationException();
    }
}
