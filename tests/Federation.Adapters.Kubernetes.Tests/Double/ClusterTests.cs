using System.Text.Json.Nodes;
using Federation.Adapters.Kubernetes.Client;
using Federation.Adapters.Kubernetes.Client.Errors;
using Federation.Adapters.Kubernetes.Client.Resources;
using Federation.Adapters.Kubernetes.Client.Streams;
using Federation.Adapters.Kubernetes.Client.Watching;
using Federation.Adapters.Kubernetes.Tests.Client;
using Federation.TestKit.Kubernetes.Double;
using Federation.TestKit.Kubernetes.Recordings;
using Federation.TestKit.Time;

namespace Federation.Adapters.Kubernetes.Tests.Double;

/// <summary>The client and the double together: what a cluster does over time, and every fault on the way.</summary>
public sealed class ClusterTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Feed_OverAThousandFaults_EndsEqualToAFreshList()
    {
        await using KubernetesDouble cluster = await KubernetesDouble.StartAsync(TimeProvider.System, "n1");
        cluster.BookmarkEvery = TimeSpan.FromMilliseconds(3);
        var chance = new SeededChance(21);
        int faults = 0;
        var gate = new Lock();
        cluster.Faults = call =>
        {
            if (call.Resource != "configmaps" || call.Verb is not ("list" or "watch")) return null;
            lock (gate)
            {
                if (faults >= 1000) return null;
                faults++;
                return chance.Next(9) switch
                {
                    0 => new Fault.Refuse(500),
                    1 => new Fault.Refuse(503),
                    2 => new Fault.Cut(),
                    3 => new Fault.CutWatch(chance.Next(4)),
                    4 when call.Verb == "list" => new Fault.Stale(chance.Next(30)),
                    4 or 5 => new Fault.Replay(chance.Next(30), chance.Next(30)),
                    6 => new Fault.Expire(),
                    7 => new Fault.EndWatch(),
                    _ => new Fault.Silence(),
                };
            }
        };
        using KubernetesClient client = Clients.Of(cluster.Address);
        using var writes = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        Task writing = WriteAsync(cluster, new SeededChance(22), writes.Token);
        var options = new FeedOptions { FirstPause = TimeSpan.FromMilliseconds(0.1), LongestPause = TimeSpan.FromMilliseconds(1), MostSilence = TimeSpan.FromMilliseconds(5), MostSilentWatches = 2, Lasting = TimeSpan.FromSeconds(2), Relist = TimeSpan.FromMinutes(5) };
        using var feed = new ResourceFeed<Bare>(client, ResourceTypes.Metadata(ApiResource.ConfigMaps), null, null, options, TimeProvider.System, new SeededChance(23));
        var mirror = new Dictionary<string, long>();
        var newest = new Dictionary<string, long>();
        bool Done()
        {
            lock (gate) return faults >= 1000;
        }
        while (!Done()) Take(await feed.NextAsync(Cancelled));
        await writes.CancelAsync();
        await writing;
        // From here on nothing goes wrong, and nothing changes: what is known must become what is there.
        Dictionary<string, long> fresh = cluster.List("", "configmaps").ToDictionary(static item => (string)item["metadata"]!["name"]!, static item => long.Parse((string)item["metadata"]!["resourceVersion"]!, System.Globalization.CultureInfo.InvariantCulture));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        while (!mirror.OrderBy(static pair => pair.Key, StringComparer.Ordinal).SequenceEqual(fresh.OrderBy(static pair => pair.Key, StringComparer.Ordinal)) || !feed.IsFresh) Take(await feed.NextAsync(limit.Token));
        Assert.Equal(fresh.Keys.Order(), feed.Objects.Keys.Select(static key => key.Name).Order());

        void Take(FeedStep<Bare> step)
        {
            switch (step)
            {
                case FeedStep<Bare>.Relisted relisted:
                    mirror.Clear();
                    foreach (Bare item in relisted.Objects) mirror[item.Metadata.Name] = Version(item);
                    break;
                case FeedStep<Bare>.Put put:
                    // A watch never tells an older state of an object than was told before.
                    Assert.True(!mirror.TryGetValue(put.Object.Metadata.Name, out long had) || had < Version(put.Object), $"{put.Object.Metadata.Name} went back from {had} to {Version(put.Object)}");
                    mirror[put.Object.Metadata.Name] = Version(put.Object);
                    break;
                case FeedStep<Bare>.Gone gone:
                    mirror.Remove(gone.Object.Metadata.Name);
                    break;
                default:
                    break;
            }
        }

        static long Version(Bare item) => long.Parse(item.Metadata.ResourceVersion!, System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task Deployment_RolledOut_WalksThroughWhatWatchersSeeOfARealOne()
    {
        await using KubernetesDouble cluster = await KubernetesDouble.StartAsync(TimeProvider.System, "n1", "n2");
        using KubernetesClient client = Clients.Of(cluster.Address);
        using ResourceFeed<Pod> pods = Follow(client, ResourceTypes.Pods);
        using ResourceFeed<ReplicatedObject> deployments = Follow(client, ResourceTypes.Deployments);
        await pods.NextAsync(Cancelled);
        await deployments.NextAsync(Cancelled);
        Applied made = await client.ApplyAsync(ApiResource.Deployments, "default", Web(1, "demo/web:1"), false, false, Cancelled);
        Assert.True(made.Created);
        List<string> phases = [];
        while (!phases.Contains("ready"))
        {
            if (await pods.NextAsync(Cancelled) is not FeedStep<Pod>.Put put) continue;
            phases.Add(Kind(put.Object));
        }
        // 05-watches: without a node, with one, creating, running, ready.
        Assert.Equal(["pending", "scheduled", "creating", "ready"], phases.Distinct());
        ReplicatedObject? last = null;
        while (last?.Status.AvailableReplicas != 1)
            if (await deployments.NextAsync(Cancelled) is FeedStep<ReplicatedObject>.Put { Object: var told }) last = told;
        await client.ApplyAsync(ApiResource.Deployments, "default", Web(1, "demo/web:2"), false, false, Cancelled);
        // The status is of the old generation at first: never judge by it.
        var first = Assert.IsType<FeedStep<ReplicatedObject>.Put>(await deployments.NextAsync(Cancelled));
        Assert.True(first.Object.Status.ObservedGeneration < first.Object.Metadata.Generation);
        while (last!.Status.ObservedGeneration < last.Metadata.Generation || last.Metadata.Generation < 2 || last.Status is not { UpdatedReplicas: 1, Replicas: 1, AvailableReplicas: 1 })
            if (await deployments.NextAsync(Cancelled) is FeedStep<ReplicatedObject>.Put { Object: var told }) last = told;
        Assert.Equal(2, cluster.List("apps", "replicasets").Count);

        static string Kind(Pod pod) => pod.Metadata.DeletionTimestamp is not null ? "going"
            : pod.Status.Conditions?.Any(static one => one is { Type: "Ready", Status: "True" }) == true ? "ready"
            : pod.Status.ContainerStatuses?[0].State?.Waiting?.Reason == "ContainerCreating" ? "creating"
            : pod.Spec.NodeName is not null ? "scheduled" : "pending";
    }

    [Fact]
    public async Task Pods_ThatAreUnhappy_SayWhatRealOnesSay()
    {
        await using KubernetesDouble cluster = await KubernetesDouble.StartAsync(TimeProvider.System, "n1");
        cluster.Pace = 0.02;
        cluster.Plays = static (_, container) => (string)container["image"]! switch
        {
            "demo/absent:1" => new ContainerPlay { ImageError = "not found" },
            "demo/crashing:1" => new ContainerPlay { EndsAfter = TimeSpan.Zero, ExitCode = 1, Output = ["boom"] },
            "demo/greedy:1" => new ContainerPlay { EndsAfter = TimeSpan.Zero, ExitCode = 137, EndReason = "OOMKilled" },
            "demo/sick:1" => new ContainerPlay { ReadyAfter = null },
            _ => null,
        };
        using KubernetesClient client = Clients.Of(cluster.Address);
        foreach (string name in new[] { "absent", "crashing", "greedy", "sick" }) await client.ApplyAsync(ApiResource.Pods, "default", PodOf(name, $"demo/{name}:1"), false, false, Cancelled);
        JsonObject large = PodOf("large", "demo/x:1");
        large["spec"]!["containers"]![0]!["resources"] = new JsonObject { ["requests"] = new JsonObject { ["cpu"] = "64" } };
        await client.ApplyAsync(ApiResource.Pods, "default", large, false, false, Cancelled);
        using ResourceFeed<Pod> feed = Follow(client, ResourceTypes.Pods);
        await WaitAsync(feed, "absent", static pod => pod.Status.ContainerStatuses?[0].State?.Waiting?.Reason == "ImagePullBackOff" && pod.Status.Phase == "Pending");
        await WaitAsync(feed, "crashing", static pod => pod.Status is { Phase: "Running", ContainerStatuses: [{ RestartCount: > 0, State.Waiting.Reason: "CrashLoopBackOff", LastState.Terminated: { ExitCode: 1, Reason: "Error" } }] });
        await WaitAsync(feed, "greedy", static pod => pod.Status.ContainerStatuses is [{ LastState.Terminated: { ExitCode: 137, Reason: "OOMKilled" } }]);
        await WaitAsync(feed, "sick", static pod => pod.Status is { Phase: "Running", ContainerStatuses: [{ Ready: false, State.Running: not null }] });
        await WaitAsync(feed, "large", static pod => pod.Status.Conditions is [{ Type: "PodScheduled", Status: "False", Reason: "Unschedulable", Message: "0/1 nodes are available: 1 Insufficient cpu." }]);
        using LogStream log = (await client.OpenLogAsync("default", "crashing", new LogRequest { Previous = true }, Cancelled))!;
        await foreach (LogLine line in log.LinesAsync(Cancelled)) Assert.Equal("boom", System.Text.Encoding.UTF8.GetString(line.Text.Span));
    }

    [Fact]
    public async Task Pods_ThatAreRefused_AreToldAsARealClusterTellsIt()
    {
        await using KubernetesDouble cluster = await KubernetesDouble.StartAsync(TimeProvider.System, "n1");
        using KubernetesClient client = Clients.Of(cluster.Address);
        cluster.Refuses = _ => cluster.List("", "pods").Count is >= 2 and var used ? $"exceeded quota: pods, requested: pods=1, used: pods={used}, limited: pods=2" : null;
        await client.ApplyAsync(ApiResource.Deployments, "default", Web(4, "demo/web:1"), false, false, Cancelled);
        using ResourceFeed<ReplicatedObject> feed = Follow(client, ResourceTypes.Deployments);
        while (feed.Objects.Values.FirstOrDefault()?.Status is not { ReadyReplicas: 2, Conditions.Count: 3 }) await feed.NextAsync(Cancelled);
        JsonObject deployment = cluster.List("apps", "deployments").Single(), set = cluster.List("apps", "replicasets").Single();
        Assert.Equal(Plain(Failure(Newest("06-unhappy-pods/371"))), Plain(Failure(deployment)));
        Assert.Equal(Plain(Failure(Newest("06-unhappy-pods/372"))), Plain(Failure(set)));
        JsonObject told = cluster.List("", "events")[0], recorded = KubernetesRecordings.Of("09-events/004").Response!["body"]!["items"]!.AsArray().Select(static item => (JsonObject)item!).First(static item => ((string)item["message"]!).Contains("exceeded", StringComparison.Ordinal));
        Assert.Equal(Members(recorded), Members(told));
        Assert.Equal(Members((JsonObject)recorded["involvedObject"]!), Members((JsonObject)told["involvedObject"]!));
        Assert.Equal(((string?)recorded["type"], (string?)recorded["reason"], "ReplicaSet", Name((string)recorded["message"]!)), ((string?)told["type"], (string?)told["reason"], (string?)told["involvedObject"]!["kind"], Name((string)told["message"]!)));
        cluster.Refuses = null;
        while (feed.Objects.Values.First().Status is not { ReadyReplicas: 4, Conditions.Count: 2 }) await feed.NextAsync(Cancelled);

        static JsonObject Newest(string file) => KubernetesRecordings.Of(file).Events!.Select(static line => (JsonObject)line["object"]!)
            .Last(static item => ((string)item["metadata"]!["name"]!).StartsWith("web", StringComparison.Ordinal) && item["status"]!["conditions"]?.AsArray().Any(static one => (string?)one!["type"] == "ReplicaFailure") == true);
        static JsonObject Failure(JsonObject item) => (JsonObject)item["status"]!["conditions"]!.AsArray().Single(static one => (string?)one!["type"] == "ReplicaFailure")!;
        static string Plain(JsonObject condition) => string.Join(' ', condition.Select(static one => one.Key.EndsWith("Time", StringComparison.Ordinal) ? one.Key : $"{one.Key}={Name((string)one.Value!)}"));
        static string Name(string text) => System.Text.RegularExpressions.Regex.Replace(text, "pods \"[^\"]+\"", "pods NAME");
        static string[] Members(JsonObject item) => [.. item.Select(static one => one.Key).Except(["kind", "apiVersion"]).Order(StringComparer.Ordinal)];
    }

    [Fact]
    public async Task Deletion_InTheForeground_WaitsForWhatIsOwned()
    {
        await using KubernetesDouble cluster = await KubernetesDouble.StartAsync(TimeProvider.System, "n1");
        using KubernetesClient client = Clients.Of(cluster.Address);
        var finish = new TaskCompletionSource();
        cluster.Plays = (_, _) => new ContainerPlay { EndsWithin = finish.Task.IsCompleted ? TimeSpan.Zero : TimeSpan.FromSeconds(25) };
        await client.ApplyAsync(ApiResource.Deployments, "default", Web(1, "demo/web:1"), false, false, Cancelled);
        Assert.IsType<Deletion.Going>(await client.DeleteAsync(ApiResource.Deployments, "default", "web", new DeleteRequest(Propagation.Foreground), Cancelled));
        Applied late = await client.ApplyAsync(ApiResource.Deployments, "default", Web(1, "demo/web:1"), false, false, Cancelled);
        Assert.True(late.IsBeingDeleted);
        finish.SetResult();
        using ResourceFeed<Bare> feed = Follow(client, ResourceTypes.Metadata(ApiResource.Deployments));
        do await feed.NextAsync(Cancelled); while (feed.Objects.Count > 0);
        Assert.Empty(cluster.List("", "pods"));
        Assert.Empty(cluster.List("apps", "replicasets"));
    }

    [Fact]
    public async Task Watch_WhoseSelectionAnObjectLeaves_TellsItAsGone()
    {
        await using KubernetesDouble cluster = await KubernetesDouble.StartAsync(TimeProvider.System);
        using KubernetesClient client = Clients.Of(cluster.Address);
        using var feed = new ResourceFeed<Bare>(client, ResourceTypes.Metadata(ApiResource.ConfigMaps), null, "tier=web", new FeedOptions(), TimeProvider.System, new SeededChance(1));
        await feed.NextAsync(Cancelled);
        Task<FeedStep<Bare>> next = feed.NextAsync(Cancelled);
        await client.ApplyAsync(ApiResource.ConfigMaps, "default", Config("web"), false, false, Cancelled);
        Assert.IsType<FeedStep<Bare>.Put>(await next);
        next = feed.NextAsync(Cancelled);
        await client.ApplyAsync(ApiResource.ConfigMaps, "default", Config("db"), false, false, Cancelled);
        var gone = Assert.IsType<FeedStep<Bare>.Gone>(await next);
        Assert.Equal("web", gone.Object.Metadata.Labels!["tier"]);
        Assert.NotNull(cluster.Find("", "configmaps", "default", "a"));

        static JsonObject Config(string tier) => new() { ["apiVersion"] = "v1", ["kind"] = "ConfigMap", ["metadata"] = new JsonObject { ["name"] = "a", ["labels"] = new JsonObject { ["tier"] = tier } } };
    }

    [Fact]
    public async Task Write_CutAfterItWasCarriedOut_IsOfUnknownOutcomeAndThere()
    {
        await using KubernetesDouble cluster = await KubernetesDouble.StartAsync(TimeProvider.System);
        using KubernetesClient client = Clients.Of(cluster.Address);
        cluster.Faults = static call => call.Verb == "patch" ? new Fault.Cut(AfterCarryingOut: true) : null;
        KubernetesException cut = await Assert.ThrowsAsync<KubernetesException>(() => client.ApplyAsync(ApiResource.Pods, "default", PodOf("a", "demo/x:1"), false, false, Cancelled));
        Assert.Equal(FailureKind.OutcomeUnknown, cut.Kind);
        Assert.NotNull(cluster.Find("", "pods", "default", "a"));
    }

    [Fact]
    public async Task Exec_InAPod_SaysWhatItPrintsAndHowItEnds()
    {
        await using KubernetesDouble cluster = await KubernetesDouble.StartAsync(TimeProvider.System, "n1");
        using KubernetesClient client = Clients.Of(cluster.Address);
        cluster.Runs = static (_, _, command) => command[0] == "false" ? ("", 1) : null;
        await client.ApplyAsync(ApiResource.Pods, "default", PodOf("a", "demo/x:1"), false, false, Cancelled);
        await using ExecSession echo = await client.ExecAsync("default", "a", new ExecRequest(["echo", "hello", "you"]), Cancelled);
        Assert.Equal("hello you\n", System.Text.Encoding.UTF8.GetString((await echo.ReadAsync(Cancelled))!.Value.Bytes.Span));
        Assert.Null(await echo.ReadAsync(Cancelled));
        Assert.Equal(new ExecOutcome.Exited(0), echo.Outcome);
        await using ExecSession fails = await client.ExecAsync("default", "a", new ExecRequest(["false"]), Cancelled);
        Assert.Null(await fails.ReadAsync(Cancelled));
        Assert.Equal(new ExecOutcome.Exited(1), fails.Outcome);
    }

    private static ResourceFeed<T> Follow<T>(KubernetesClient client, ResourceType<T> type) where T : class, IApiObject => new(client, type, null, null, new FeedOptions(), TimeProvider.System, new SeededChance(1));

    private static async Task WaitAsync(ResourceFeed<Pod> feed, string name, Func<Pod, bool> isSo)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (!feed.Objects.TryGetValue(("default", name), out Pod? pod) || !isSo(pod)) await feed.NextAsync(limit.Token);
    }

    private static async Task WriteAsync(KubernetesDouble cluster, SeededChance chance, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            string name = $"item-{chance.Next(12)}";
            if (cluster.Find("", "configmaps", "default", name) is not null && chance.Next(3) == 0) cluster.Remove("", "configmaps", "default", name);
            else cluster.Place("", "configmaps", new JsonObject { ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "default" }, ["data"] = new JsonObject { ["n"] = chance.Next(1_000_000).ToString(System.Globalization.CultureInfo.InvariantCulture) } });
            if (chance.Next(40) == 0) cluster.Compact();
            await Task.Yield();
            await Task.Delay(1, CancellationToken.None);
        }
    }

    private static JsonObject Web(int replicas, string image) => (JsonObject)JsonNode.Parse($$"""
        { "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "web" },
          "spec": { "replicas": {{replicas}}, "selector": { "matchLabels": { "app": "web" } },
            "template": { "metadata": { "labels": { "app": "web" } }, "spec": { "containers": [ { "name": "main", "image": "{{image}}" } ] } } } }
        """)!;

    private static JsonObject PodOf(string name, string image) => (JsonObject)JsonNode.Parse($$"""
        { "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "{{name}}" }, "spec": { "containers": [ { "name": "main", "image": "{{image}}" } ] } }
        """)!;
}
