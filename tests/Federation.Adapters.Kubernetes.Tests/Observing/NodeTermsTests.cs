using Federation.Adapters.Kubernetes.Client.Resources;
using Federation.Adapters.Kubernetes.Observing;
using Federation.Domain.Workloads;

namespace Federation.Adapters.Kubernetes.Tests.Observing;

/// <summary>Terms by the examples of https://kubernetes.io/docs/concepts/scheduling-eviction/ : which nodes would take the pods.</summary>
public sealed class NodeTermsTests
{
    private const string Affinity = "pod.spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution";

    private static Node With(string labels = "", string? ready = "True", bool cordoned = false, params Taint[] taints) => new()
    {
        Metadata = new ObjectMeta { Name = "n1", Labels = labels.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(static label => label.Split('=')).ToDictionary(static pair => pair[0], static pair => pair[1]) },
        Spec = new NodeSpec { Unschedulable = cordoned, Taints = taints },
        Status = new NodeStatus { Conditions = ready is null ? null : [new Condition { Type = "Ready", Status = ready }] },
    };

    private static NodeTerms Of(string path, string json) => NodeTerms.Of(new WorkloadTemplate { Image = "a", Container = new ContainerTemplate { Kubernetes = new KubernetesFields { Needed = new Dictionary<string, string> { [path] = json } } } });

    private static NodeTerms Of(params string[] constraints) => NodeTerms.Of(new WorkloadTemplate { Image = "a", Container = new ContainerTemplate { Mode = ContainerMode.Global, Nodes = new NodePlacement { Constraints = constraints } } });

    [Fact]
    public void WithoutTerms_ANodeMustBeThereAndOpen()
    {
        NodeTerms terms = Of();
        Assert.True(terms.AreMetBy(With()));
        Assert.False(terms.AreMetBy(With(ready: "Unknown")));
        Assert.False(terms.AreMetBy(With(ready: null)));
        Assert.False(terms.AreMetBy(With(cordoned: true)));
        Assert.False(terms.AreMetBy(With(taints: new Taint { Key = "gpu", Effect = "NoSchedule" })));
        Assert.True(terms.AreMetBy(With(taints: new Taint { Key = "gpu", Effect = "PreferNoSchedule" })));
    }

    [Theory]
    [InlineData("node.labels.disk==ssd", "disk=ssd", true)]
    [InlineData("node.labels.disk==ssd", "disk=hdd", false)]
    [InlineData("node.labels.disk!=ssd", "", true)]
    [InlineData("node.role==manager", "node-role.kubernetes.io/control-plane=", true)]
    [InlineData("node.role==worker", "node-role.kubernetes.io/control-plane=", false)]
    [InlineData("node.platform.arch==x86_64", "kubernetes.io/arch=amd64", true)]
    public void TermsOfASwarm_AreThoseOfItsPods(string constraint, string labels, bool met) => Assert.Equal(met, Of(constraint).AreMetBy(With(labels)));

    [Theory]
    [InlineData("""{"nodeSelectorTerms":[{"matchExpressions":[{"key":"zone","operator":"In","values":["a","b"]}]}]}""", "zone=b", true)]
    [InlineData("""{"nodeSelectorTerms":[{"matchExpressions":[{"key":"zone","operator":"In","values":["a","b"]}]}]}""", "", false)]
    [InlineData("""{"nodeSelectorTerms":[{"matchExpressions":[{"key":"zone","operator":"NotIn","values":["a"]}]}]}""", "", true)]
    [InlineData("""{"nodeSelectorTerms":[{"matchExpressions":[{"key":"zone","operator":"DoesNotExist"}]}]}""", "zone=a", false)]
    [InlineData("""{"nodeSelectorTerms":[{"matchExpressions":[{"key":"cores","operator":"Gt","values":["7"]}]}]}""", "cores=8", true)]
    [InlineData("""{"nodeSelectorTerms":[{"matchExpressions":[{"key":"cores","operator":"Lt","values":["8"]}]}]}""", "cores=8", false)]
    [InlineData("""{"nodeSelectorTerms":[{"matchFields":[{"key":"metadata.name","operator":"In","values":["n1"]}]}]}""", "", true)]
    [InlineData("""{"nodeSelectorTerms":[{"matchFields":[{"key":"metadata.name","operator":"In","values":["n2"]}]}]}""", "", false)]
    [InlineData("""{"nodeSelectorTerms":[{"matchExpressions":[{"key":"zone","operator":"Exists"}]},{"matchExpressions":[{"key":"disk","operator":"Exists"}]}]}""", "disk=ssd", true)]
    [InlineData("""{"nodeSelectorTerms":[{"matchExpressions":[{"key":"zone","operator":"Exists"},{"key":"disk","operator":"Exists"}]}]}""", "disk=ssd", false)]
    [InlineData("""{"nodeSelectorTerms":[{}]}""", "disk=ssd", false)]
    public void RequiredAffinity_IsOfAnyTerm_AndEachTermOfAllItsExpressions(string affinity, string labels, bool met) => Assert.Equal(met, Of(Affinity, affinity).AreMetBy(With(labels)));

    [Fact]
    public void ASelector_AsksForEachLabel()
    {
        NodeTerms terms = Of("pod.spec.nodeSelector", """{"disktype":"ssd","zone":"a"}""");
        Assert.True(terms.AreMetBy(With("disktype=ssd,zone=a")));
        Assert.False(terms.AreMetBy(With("disktype=ssd")));
    }

    [Theory]
    [InlineData("""[{"key":"gpu","operator":"Exists","effect":"NoSchedule"}]""", true)]
    [InlineData("""[{"key":"gpu","operator":"Equal","value":"a","effect":"NoSchedule"}]""", true)]
    [InlineData("""[{"key":"gpu","value":"a"}]""", true)]
    [InlineData("""[{"operator":"Exists"}]""", true)]
    [InlineData("""[{"key":"gpu","value":"b"}]""", false)]
    [InlineData("""[{"key":"gpu","operator":"Exists","effect":"NoExecute"}]""", false)]
    [InlineData("""[{"key":"other","operator":"Exists"}]""", false)]
    public void Tolerations_OpenTaintedNodes(string tolerations, bool met) =>
        Assert.Equal(met, Of("pod.spec.tolerations", tolerations).AreMetBy(With(taints: new Taint { Key = "gpu", Value = "a", Effect = "NoSchedule" })));

    [Fact]
    public void ACordonedNode_IsOpenToWhoTolerates() =>
        Assert.True(Of("pod.spec.tolerations", """[{"key":"node.kubernetes.io/unschedulable","operator":"Exists","effect":"NoSchedule"}]""").AreMetBy(With(cordoned: true)));
}
