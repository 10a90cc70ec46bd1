using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using EndToEnd.Tests.Guides;
using EndToEnd.Tests.Planes;
using Federation.Client.Contexts;
using Federation.Domain.Clusters;
using Federation.Domain.Observation;
using Federation.TestKit.Kubernetes.Double;

namespace EndToEnd.Tests.Kubernetes;

/// <summary>
/// A Kubernetes cluster under a plane, step by step in the order of the names: registered as the guide says, given a workload that is served, read and entered, and emptied again.
/// The cluster is a double that is held against recordings of a real one.
/// </summary>
[TestCaseOrderer(typeof(StepOrder))]
public sealed class KubernetesScenario(KubernetesWorld world) : IClassFixture<KubernetesWorld>
{
    private const string Guide = "docs/guides/kubernetes.md";
    private const string NeedsCluster = "it needs a Kubernetes cluster";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private RunningPlane Plane => world.Plane;

    [Fact]
    public async Task Step1_Register_AsTheGuideSays_IsReadyWithItsCapacity()
    {
        string folder = GuideScript.Workplace(Path.Combine(Plane.Shared, "kubernetes"));
        GuideBlock[] blocks = [.. GuideBlock.In(File.ReadAllText(Path.Combine(Repository.Root, Guide))).Where(static block => block.NotRun is null or NeedsCluster)];
        Assert.NotEmpty(blocks);
        CommandResult result = await Command.Start("bash", ["-xc", $"exec 2>&1\ncd '{folder}'\n{GuideScript.Of(blocks, Plane)}\necho \"the agent is $agent.\""], new Dictionary<string, string>
        {
            [ContextFile.Variable] = Plane.ContextPath,
            ["KUBECONFIG"] = world.Kubeconfig,
        }).EndAsync(TimeSpan.FromMinutes(2), Cancelled);
        string log = Path.Combine(folder, "west-agent.log");
        Assert.True(result.ExitCode == 0, $"{Guide}: exit code {result.ExitCode}, at the end of\n{result.Out}\n{(File.Exists(log) ? File.ReadAllText(log) : "")}");
        world.Agent = int.Parse(Regex.Match(result.Out, @"^the agent is (\d+)\.$", RegexOptions.Multiline).Groups[1].Value, CultureInfo.InvariantCulture);
        Cluster west = await Plane.Client.GetAsync<Cluster>("west", ct: Cancelled);
        Assert.Equal(VerdictState.Ready, west.Status!.State);
        Assert.Equal(8000, west.Status.Allocatable.Cpu.Value);
    }

    [Fact]
    public async Task Step2_Apply_AWorkload_IsServedReadAndEntered()
    {
        string file = Path.Combine(Plane.Shared, "west.yaml");
        await File.WriteAllTextAsync(file, $$"""
            apiVersion: federation/v1
            kind: PlacementPolicy
            metadata: { name: west-only }
            spec: { affinity: [{ key: federation/cluster, values: [west] }] }
            ---
            apiVersion: federation/v1
            kind: Workload
            metadata: { name: pods }
            spec:
              replicas: 2
              placementPolicy: west-only
              template:
                image: demo/web:1
                ports: [{ name: http, containerPort: {{world.Pods.Address.Port}} }]
            ---
            apiVersion: federation/v1
            kind: Route
            metadata: { name: pods }
            spec: { host: pods.localhost, workload: pods }
            """, Cancelled);
        (await Plane.FedctlAsync("apply", "-f", file, "--timeout", "120s")).Done();
        IReadOnlyList<Federation.Contracts.Api.ReplicaView> replicas = await Plane.ReplicasAsync("pods");
        Assert.Equal(2, replicas.Count);
        Assert.All(replicas, static replica => Assert.Equal("west", replica.Cluster));
        using var http = new HttpClient();
        Assert.Equal("from a pod\n", await AskAsync(http, "pods.localhost"));
        Assert.Contains("listening", (await Plane.FedctlAsync("logs", "pods", "--replica", replicas[0].Id)).Done().Out, StringComparison.Ordinal);
        Assert.Equal("inside\n", (await Plane.FedctlAsync("exec", "pods", "--replica", replicas[0].Id, "--", "hostname")).Done().Out);
        Assert.Single(world.Cluster.List("apps", "deployments"));
    }

    // A cluster in another network: nobody answers at its pods' addresses (one of RFC 5737), and its API server is the way.
    [Fact]
    public async Task Step2a_Pods_WhoseAddressesLeadNowhere_AreServedThroughTheApiServer()
    {
        world.Cluster.PodAddress = "192.0.2.1";
        string file = Path.Combine(Plane.Shared, "far.yaml");
        await File.WriteAllTextAsync(file, $$"""
            apiVersion: federation/v1
            kind: Workload
            metadata: { name: far }
            spec:
              placementPolicy: west-only
              template:
                image: demo/web:1
                ports: [{ name: http, containerPort: {{world.Pods.Address.Port}} }]
            ---
            apiVersion: federation/v1
            kind: Route
            metadata: { name: far }
            spec: { host: far.localhost, workload: far }
            """, Cancelled);
        (await Plane.FedctlAsync("apply", "-f", file, "--timeout", "120s")).Done();
        using var http = new HttpClient();
        for (int i = 0; i < 20; i++)
        {
            string text = await AskAsync(http, "far.localhost", i % 2 == 0 ? null : new ByteArrayContent(new byte[200_000]));
            Assert.True(text == "from a pod\n", $"request {i}: {text}");
        }
        (await Plane.FedctlAsync("delete", "-f", file)).Done();
        world.Cluster.PodAddress = "127.0.0.1";
    }

    [Fact]
    public async Task Step2b_Apply_ADaemonSetAndACronJobAsTheyStand_OneIsOnEachNode_AndOneIsReadyToBegin()
    {
        string file = Path.Combine(Plane.Shared, "daemon.yaml");
        await File.WriteAllTextAsync(file, """
            apiVersion: apps/v1
            kind: DaemonSet
            metadata: { name: watcher, annotations: { federation/placement-policy: west-only } }
            spec:
              selector: { matchLabels: { app: watcher } }
              template:
                metadata: { labels: { app: watcher } }
                spec:
                  containers: [{ name: watcher, image: "demo/watcher:1" }]
            ---
            apiVersion: batch/v1
            kind: CronJob
            metadata: { name: backup }
            spec:
              schedule: "0 3 * * *"
              concurrencyPolicy: Forbid
              jobTemplate:
                spec:
                  backoffLimit: 1
                  template:
                    spec:
                      restartPolicy: OnFailure
                      containers: [{ name: backup, image: "demo/backup:1" }]
            """, Cancelled);
        (await Plane.FedctlAsync("apply", "-f", file, "--timeout", "120s")).Done();
        Assert.Equal(["west", "west"], (await Plane.ReplicasAsync("watcher")).Select(static replica => replica.Cluster));
        Assert.Equal(["n1", "n2"], world.Cluster.List("", "pods").Where(static pod => ((string)pod["metadata"]!["name"]!).StartsWith("watcher", StringComparison.Ordinal)).Select(static pod => (string)pod["spec"]!["nodeName"]!).Order());
        Assert.Equal("Ready", Assert.Single(await Plane.ReplicasAsync("backup")).State);
        Assert.Equal("0 3 * * *", (string?)Assert.Single(world.Cluster.List("batch", "cronjobs"))["spec"]!["schedule"]);
        (await Plane.FedctlAsync("delete", "-f", file)).Done();
        Assert.Empty(world.Cluster.List("batch", "cronjobs"));
    }

    // Somebody switches a context, or a name leads elsewhere: everything is answered well, and none of it is true of this cluster.
    [Fact]
    public async Task Step2c_AnotherCluster_AnswersInItsPlace_NothingIsDoneInItAndTheStoryIsTold()
    {
        string[] Pods() => [.. world.Cluster.List("", "pods").Select(static pod => (string)pod["metadata"]!["uid"]!).Order(StringComparer.Ordinal)];
        string[] before = Pods();
        IReadOnlyList<Federation.Contracts.Api.ReplicaView> replicas = await Plane.ReplicasAsync("pods");
        JsonObject system = world.Cluster.Find("", "namespaces", null, "kube-system")!, other = (JsonObject)system.DeepClone();
        other["metadata"]!["uid"] = "another";
        world.Cluster.Place("", "namespaces", other);
        string described = await Eventually.NotNullAsync("it is told", async () => (await Plane.FedctlAsync("describe", "cluster", "west")).Done().Out is var told && told.Contains("another cluster answers", StringComparison.Ordinal) ? told : null,
            async () => (await Plane.FedctlAsync("events", "--all-namespaces")).All);
        Assert.Contains("move", described, StringComparison.Ordinal);
        int watched = 0;
        world.Cluster.Faults = call =>
        {
            if (call is { Resource: "namespaces", Verb: "get" }) Interlocked.Increment(ref watched);
            return call.Verb is "create" or "patch" or "delete" ? new Fault.Refuse(500, Words: "something is written into another cluster") : null;
        };
        (await Plane.FedctlAsync("scale", "workload/pods", "--replicas=3", "--no-wait")).Done();
        await Eventually.TrueAsync("it is looked at again and again", () => Task.FromResult(Volatile.Read(ref watched) > 3), static () => Task.FromResult(""));
        Assert.Equal(before, Pods());

        world.Cluster.Faults = null;
        world.Cluster.Place("", "namespaces", system);
        await Plane.ReadyAsync("pods");
        Assert.Equal(3, (await Plane.ReplicasAsync("pods")).Count);
        Assert.Subset((await Plane.ReplicasAsync("pods")).Select(static replica => replica.Id).ToHashSet(), replicas.Select(static replica => replica.Id).ToHashSet());
        string[] story = [.. (await Plane.Client.EventsAsync(allNamespaces: true, ct: Cancelled)).Where(static record => record.Object == "Cluster west" && record.Message.Contains("another cluster answers than the one that has had the orders", StringComparison.Ordinal)).Select(static record => record.Reason)];
        Assert.Equal(["WitnessLost", "Suspect"], story.Take(2));
    }

    [Fact]
    public async Task Step3_Delete_TheWorkload_LeavesNothingOfItInTheCluster()
    {
        (await Plane.FedctlAsync("delete", "-f", Path.Combine(Plane.Shared, "west.yaml"))).Done();
        await Eventually.TrueAsync("nothing is left", () => Task.FromResult(world.Cluster.List("apps", "deployments").Count == 0 && world.Cluster.List("", "pods").Count == 0), static () => Task.FromResult(""));
    }

    // Posts what is given, and gets where nothing is.
    private async Task<string> AskAsync(HttpClient http, string host, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(content is null ? HttpMethod.Get : HttpMethod.Post, Plane.Ingress) { Content = content };
        request.Headers.Host = host;
        using HttpResponseMessage reply = await http.SendAsync(request, Cancelled);
        return await reply.Content.ReadAsStringAsync(Cancelled);
    }
}
