using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Federation.Adapters.Kubernetes.Client;
using Federation.Adapters.Kubernetes.Client.Resources;
using Federation.Adapters.Kubernetes.Observing;
using Federation.Domain.Observation;
using Federation.Domain.Quantities;
using Federation.TestKit.Kubernetes.Recordings;

namespace Federation.Adapters.Kubernetes.Tests.Observing;

/// <summary>What a person is told of every unhappy state that was recorded: sentences.txt, written anew with FEDERATION_GENERATE=1.</summary>
public sealed class SentencesTests
{
    private static readonly FollowedJson Json = FollowedJson.Default;

    [Fact]
    public void Sentences_OfEveryRecordedState_AreThoseOfTheList()
    {
        var text = new StringBuilder();
        foreach (Recording recording in KubernetesRecordings.All.Where(static recording => !recording.IsFromElsewhere && recording.File.StartsWith("06", StringComparison.Ordinal) && recording.Events is not null))
        {
            if (recording.Path.Contains("/pods", StringComparison.Ordinal)) Tell(text, recording, Pods(recording));
            else if (recording.Path.Contains("/deployments", StringComparison.Ordinal) || recording.Path.Contains("/replicasets", StringComparison.Ordinal)) Tell(text, recording, Workloads(recording));
            else if (recording.Path.Contains("/nodes", StringComparison.Ordinal)) Tell(text, recording, Nodes(recording));
        }
        string list = Path.Combine(AppContext.BaseDirectory, "sentences.txt");
        if (Environment.GetEnvironmentVariable("FEDERATION_GENERATE") == "1")
        {
            string source = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../Observing/sentences.txt"));
            File.WriteAllText(source, text.ToString());
            return;
        }
        Assert.Equal(File.ReadAllText(list), text.ToString());
    }

    [Fact]
    public void Sentences_OfWhatIsUnhappy_AreNeverEmptyAndOnOneLine()
    {
        foreach (Pod pod in KubernetesRecordings.All.Where(static recording => recording.Events is not null && recording.Path.Contains("/pods", StringComparison.Ordinal)).SelectMany(PodsOf))
        {
            PodState state = PodDiagnosis.Of(pod);
            if (state.State is ReplicaState.Ready or ReplicaState.Ended) continue;
            Assert.False(string.IsNullOrWhiteSpace(state.Message), pod.Metadata.Name);
            Assert.DoesNotContain('\n', state.Message!);
        }
    }

    [Theory]
    [InlineData("2", 2)]
    [InlineData("1500m", 1.5)]
    [InlineData("0.5", 0.5)]
    [InlineData("1e3", 1000)]
    [InlineData("1E3", 1000)]
    [InlineData("12E", 12e18)]
    [InlineData("16Gi", 17179869184)]
    [InlineData("23987340Ki", 24563036160)]
    [InlineData("252G", 252000000000)]
    [InlineData("100n", 0.0000001)]
    [InlineData("+5", 5)]
    public void Quantity_InEveryForm_IsExact(string text, double value) => Assert.Equal((decimal)value, Quantity.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("Gi")]
    [InlineData("5x")]
    [InlineData("five")]
    [InlineData("99999999999999999999999999E")]
    public void Quantity_ThatIsNone_IsNotGuessed(string text) => Assert.Null(Quantity.Parse(text));

    [Fact]
    public void Capacity_OfTheRecordedNodes_LeavesOutWhatPodsOfOthersAskFor()
    {
        Node[] nodes = [.. Items("07-nodes/001").Select(static item => item.Deserialize(Json.Node)!)];
        Pod[] pods = [.. Items("07-nodes/004").Select(static item => item.Deserialize(Json.Pod)!)];
        ClusterCapacity all = ClusterCapacity.Of(nodes, pods.Select(SeenPod.Of), static _ => false);
        ClusterCapacity ours = ClusterCapacity.Of(nodes, pods.Select(SeenPod.Of), static _ => true);
        Assert.Equal(nodes.Sum(static node => (long)(Quantity.Parse(node.Status.Allocatable!["cpu"])! * 1000)), all.Allocatable.Cpu.Value);
        Assert.Equal(nodes.Sum(static node => (long)Quantity.Parse(node.Status.Allocatable!["memory"])!), all.Allocatable.Memory.Value);
        Assert.Equal(default, ours.Foreign);
        // By hand: the requests of the pods that have not ended.
        Assert.Equal(pods.Where(PodNeeds.Holds).Sum(static pod => pod.Spec.Containers!.Sum(static one => (long)((Quantity.Parse(one.Resources?.Requests?.GetValueOrDefault("cpu")) ?? 0) * 1000))), all.Foreign.Cpu.Value);
    }

    [Fact]
    public void Capacity_OfNodesThatTakeNothing_IsNone()
    {
        Node cordoned = ((JsonObject)KubernetesRecordings.Of("07-nodes/009").Response!["body"]!).Deserialize(Json.Node)!;
        Assert.Equal("the node n2 is cordoned", NodeDiagnosis.Refusal(cordoned));
        Assert.Equal(default, ClusterCapacity.Of([cordoned], [], static _ => false).Allocatable);
        Node tainted = ((JsonObject)KubernetesRecordings.Of("07-nodes/022").Response!["body"]!).Deserialize(Json.Node)!;
        Assert.Contains(":NoExecute", NodeDiagnosis.Refusal(tainted), StringComparison.Ordinal);
        Node[] marked = [.. Items("06b-node-stops/025").Select(static item => item.Deserialize(Json.Node)!)];
        Assert.StartsWith("the node n2 is not heard", NodeDiagnosis.Loss(marked.Single(static node => node.Metadata.Name == "n2")), StringComparison.Ordinal);
    }

    [Fact]
    public void Needs_OfAPodWithInitContainers_AreThoseOfItsHungriestMoment()
    {
        static ContainerForm Form(string cpu, string? policy = null) => new() { RestartPolicy = policy, Resources = new ResourceNeeds { Requests = new Dictionary<string, string> { ["cpu"] = cpu } } };
        Pod Of(ContainerForm[] init, ContainerForm[] containers) => new() { Spec = new PodSpec { InitContainers = init, Containers = containers } };
        Assert.Equal(new CpuMillis(1500), PodNeeds.Of(Of([], [Form("1"), Form("500m")])).Cpu);
        Assert.Equal(new CpuMillis(3000), PodNeeds.Of(Of([Form("3"), Form("2")], [Form("1"), Form("500m")])).Cpu);
        // One that stays is there beside all that come after it.
        Assert.Equal(new CpuMillis(3500), PodNeeds.Of(Of([Form("500m", "Always"), Form("3")], [Form("1")])).Cpu);
        Assert.Equal(new CpuMillis(1500), PodNeeds.Of(Of([Form("500m", "Always")], [Form("1")])).Cpu);
    }

    private static IEnumerable<JsonObject> Items(string file) => ((JsonArray)KubernetesRecordings.Of(file).Response!["body"]!["items"]!).OfType<JsonObject>();

    private static void Tell(StringBuilder text, Recording recording, IEnumerable<string> sentences)
    {
        string[] all = [.. sentences];
        if (all.Length == 0) return;
        text.Append(recording.File).Append('\n');
        foreach (string sentence in all) text.Append("  ").Append(sentence).Append('\n');
    }

    // As they change, each once, of each pod: an image's error is remembered as the observer does.
    private static IEnumerable<string> Pods(Recording recording)
    {
        var told = new HashSet<string>(StringComparer.Ordinal);
        var errors = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (Pod pod in PodsOf(recording))
        {
            if (PodDiagnosis.ImageErrorOf(pod) is { } error) errors[pod.Metadata.Uid!] = error;
            PodState state = PodDiagnosis.Of(pod, imageError: errors.GetValueOrDefault(pod.Metadata.Uid!));
            string sentence = $"{state.State}: {state.Message ?? "-"}{(state.LastEnd is null ? "" : $" [{state.LastEnd}]")}";
            if (told.Add(sentence)) yield return sentence;
        }
    }

    private static IEnumerable<Pod> PodsOf(Recording recording) =>
        recording.Events!.Where(static line => (string?)line["type"] is "ADDED" or "MODIFIED").Select(static line => line["object"].Deserialize(Json.Pod)!);

    private static IEnumerable<string> Workloads(Recording recording) => recording.Events!
        .Where(static line => (string?)line["type"] is "ADDED" or "MODIFIED")
        .Select(static line => WorkloadDiagnosis.Of(line["object"].Deserialize(Json.ReplicatedObject)!)).OfType<string>().Distinct();

    private static IEnumerable<string> Nodes(Recording recording) => recording.Events!
        .Where(static line => (string?)line["type"] is "ADDED" or "MODIFIED")
        .Select(static line => NodeDiagnosis.Refusal(line["object"].Deserialize(Json.Node)!)).OfType<string>().Distinct();
}
