using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Federation.Domain.Assignments;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;
using Federation.TestKit.Kubernetes.Double;

namespace Federation.Adapters.Kubernetes.Tests.Reconciling;

/// <summary>What runs to its end is a Job for each replica: its end is read from the Job, and lasts as long as that does.</summary>
public sealed class JobTests
{
    private static Assignment Ending(int replicas, string command = "end 0", RestartCondition condition = RestartCondition.OnFailure, IReadOnlyDictionary<string, string>? carried = null)
    {
        Assignment order = KubernetesRig.Order(replicas);
        return order with
        {
            Template = order.Template with
            {
                Ports = null,
                Restart = new RestartPolicy { Condition = condition },
                Container = new ContainerTemplate { Command = command.Split(' '), Kubernetes = carried is null ? null : new KubernetesFields { Needed = carried } },
            },
        };
    }

    private static async Task<KubernetesRig> StartAsync(Func<ApiCall, bool>? allows = null)
    {
        KubernetesRig rig = await KubernetesRig.StartAsync(allows);
        rig.Cluster.Plays = static (_, container) => (string?)container["command"]?[0] == "end"
            ? new ContainerPlay { EndsAfter = TimeSpan.Zero, ExitCode = int.Parse((string)container["command"]![1]!, CultureInfo.InvariantCulture), Output = ["reading", "no such table"] }
            : null;
        return rig;
    }

    private static JsonObject[] Jobs(KubernetesRig rig) => [.. rig.Cluster.List("batch", "jobs", rig.Space)];

    private static bool Ended(ClusterObservationSet set, int count, bool succeeded = true) =>
        set.Replicas.Count(replica => replica.State == ReplicaState.Ended && replica.Succeeded == succeeded) == count;

    [Fact]
    public async Task Order_OfWhatEnds_IsAJobForEachReplicaAndItsEndOutlivesItsPod()
    {
        await using KubernetesRig rig = await StartAsync();
        Assignment order = Ending(2);
        order = order with { Template = order.Template with { Secrets = [new FileReference { Name = "db" }] } };
        await rig.ApplyAsync(1, 1, new DesiredAssignment(order, [new("Secret", "db", 1, Encoding.UTF8.GetBytes("c=d"))]));
        ClusterObservationSet seen = await rig.SeeAsync(static set => Ended(set, 2));
        Assert.All(seen.Replicas, static replica => Assert.Equal(("exit code 0", 0, 0), (replica.LastEnd, replica.Restarts, replica.Ports.Count)));
        JsonObject[] jobs = Jobs(rig);
        Assert.Equal(seen.Replicas.Select(static replica => replica.Id.Value).Order(), jobs.Select(static job => (string)job["metadata"]!["uid"]!).Order());
        Assert.All(jobs, static job =>
        {
            JsonNode spec = job["spec"]!, pod = spec["template"]!["spec"]!;
            Assert.Equal((1, 1, int.MaxValue, "OnFailure"), ((int)spec["parallelism"]!, (int)spec["completions"]!, (int)spec["backoffLimit"]!, (string?)pod["restartPolicy"]));
            // What runs knows itself by the name under which it is listed.
            Assert.Contains(pod["containers"]![0]!["env"]!.AsArray(), static one => (string?)one!["name"] == "FEDERATION_REPLICA" && (string?)one["valueFrom"]!["fieldRef"]!["fieldPath"] == "metadata.labels['controller-uid']");
        });
        // Each has its files, which go with it.
        Assert.Equal(jobs.Select(static job => ("Job", "batch/v1", (string?)job["metadata"]!["uid"])).Order(),
            rig.Cluster.List("", "secrets", rig.Space).Select(static secret => secret["metadata"]!["ownerReferences"]![0]!).Select(static owner => ((string)owner["kind"]!, (string)owner["apiVersion"]!, (string?)owner["uid"])).Order());
        foreach (JsonObject pod in rig.Cluster.List("", "pods", rig.Space).ToArray()) rig.Cluster.Remove("", "pods", rig.Space, (string)pod["metadata"]!["name"]!);
        await rig.ApplyAsync(1, 2, new DesiredAssignment(order, [new("Secret", "db", 1, Encoding.UTF8.GetBytes("c=d"))]));
        seen = await rig.SeeAsync(static set => set.Nodes[0].AppliedRevision == 2);
        Assert.True(Ended(seen, 2));
        Assert.Equal(2, Jobs(rig).Length);
        await rig.ApplyAsync(1, 3);
        await rig.SeeAsync(static set => set.Nodes[0].AppliedRevision == 3 && set.Replicas.Count == 0);
        await rig.UntilAsync(() => Jobs(rig).Length == 0 && !rig.Cluster.List("", "secrets", rig.Space).Any());
    }

    [Fact]
    public async Task Failure_OfAJob_SaysWithWhatAndItsLastLines()
    {
        await using KubernetesRig rig = await StartAsync();
        await rig.ApplyAsync(1, 1, new DesiredAssignment(Ending(1, "end 4", RestartCondition.Never), []));
        ClusterObservationSet seen = await rig.SeeAsync(static set => Ended(set, 1, succeeded: false));
        Assert.StartsWith("exit code 4", seen.Replicas[0].LastEnd, StringComparison.Ordinal);
        Assert.Equal((0, "Never"), ((int)Jobs(rig)[0]["spec"]!["backoffLimit"]!, (string?)Jobs(rig)[0]["spec"]!["template"]!["spec"]!["restartPolicy"]));
    }

    [Fact]
    public async Task Deadline_ThatAManifestSays_EndsItAndSaysSo()
    {
        await using KubernetesRig rig = await StartAsync();
        await rig.ApplyAsync(1, 1, new DesiredAssignment(Ending(1, "sleep", carried: new Dictionary<string, string> { ["job.spec.activeDeadlineSeconds"] = "2" }), []));
        ClusterObservationSet seen = await rig.SeeAsync(static set => Ended(set, 1, succeeded: false));
        Assert.Equal("ended: it ran longer than its deadline allows", seen.Replicas[0].LastEnd);
    }

    [Fact]
    public async Task Removal_ThatAManifestWants_WaitsUntilThePlaneKnowsTheEndAndNothingBeginsAgain()
    {
        await using KubernetesRig rig = await StartAsync();
        Assignment order = Ending(2, carried: new Dictionary<string, string> { ["job.spec.ttlSecondsAfterFinished"] = "0" });
        await rig.ApplyAsync(1, 1, new DesiredAssignment(order, []));
        await rig.SeeAsync(static set => Ended(set, 2));
        Assert.All(Jobs(rig), static job => Assert.Null(job["spec"]!["ttlSecondsAfterFinished"]));
        await rig.ApplyAsync(1, 2, new DesiredAssignment(order with { Completed = true }, []));
        await rig.SeeAsync(static set => set.Nodes[0].AppliedRevision == 2 && set.Replicas.Count == 0);
        int calls = rig.Cluster.Calls.Count(static call => call is { Resource: "jobs", Verb: "create" });
        await rig.ApplyAsync(1, 3, new DesiredAssignment(order with { Completed = true }, []));
        await rig.SeeAsync(static set => set.Nodes[0].AppliedRevision == 3);
        Assert.Empty(Jobs(rig));
        Assert.Equal(calls, rig.Cluster.Calls.Count(static call => call is { Resource: "jobs", Verb: "create" }));
    }

    [Fact]
    public async Task Parallelism_ThatAManifestSays_HoldsForTheOrderAsAWhole()
    {
        await using KubernetesRig rig = await StartAsync();
        await rig.ApplyAsync(1, 1, new DesiredAssignment(Ending(3, carried: new Dictionary<string, string> { ["job.spec.parallelism"] = "1" }), []));
        await rig.SeeAsync(static set =>
        {
            Assert.True(set.Replicas.Count(static replica => replica.State != ReplicaState.Ended) <= 1);
            return Ended(set, 3);
        });
    }

    [Fact]
    public async Task Workload_ThatBecomesAJobAndBack_EndsAsTheOneBeforeItBeginsAsTheOther()
    {
        await using KubernetesRig rig = await StartAsync();
        Assignment serving = KubernetesRig.Order(1);
        await rig.ApplyAsync(1, 1, new DesiredAssignment(serving, []));
        await rig.SeeAsync(static set => set.Replicas.Count == 1 && set.Replicas[0].State == ReplicaState.Ready);
        Assignment ending = Ending(1, "sleep") with { Revision = new("r2"), MayBeUnavailable = 1 };
        await rig.ApplyAsync(1, 2, new DesiredAssignment(ending, []));
        await rig.SeeAsync(static set =>
        {
            Assert.True(set.Replicas.Count <= 1);
            return set.Replicas.Count == 1 && set.Replicas[0] is { State: ReplicaState.Ready, Revision.Value: "r2" };
        });
        Assert.Null(rig.Deployment());
        Assert.Single(Jobs(rig));
        // Somebody's hand in between is put right.
        JsonObject job = Jobs(rig)[0];
        job["spec"]!["parallelism"] = 0;
        rig.Cluster.Place("batch", "jobs", job);
        await rig.UntilAsync(() => (int?)Jobs(rig).Single()["spec"]!["parallelism"] == 1);
        await rig.ApplyAsync(1, 3, new DesiredAssignment(serving with { Revision = new("r3"), MayBeUnavailable = 1 }, []));
        await rig.SeeAsync(static set => set.Replicas.Count == 1 && set.Replicas[0] is { State: ReplicaState.Ready, Revision.Value: "r3" });
        Assert.Empty(Jobs(rig));
    }

    [Fact]
    public async Task Agent_WithoutTheRightToJobs_OffersNoneAndRunsAllElse()
    {
        await using KubernetesRig rig = await StartAsync(static call => call.Group != "batch");
        await rig.ApplyAsync(1, 1, new DesiredAssignment(KubernetesRig.Order(1), []), new DesiredAssignment(Ending(1) with { Id = new("report.uid.c"), Workload = new(new("acme"), "default", "report"), WorkloadUid = "uid-report" }, []));
        ClusterObservationSet seen = await rig.SeeAsync(static set => set.Replicas.Any(static replica => replica.State == ReplicaState.Ready) && set.Replicas.Any(static replica => replica.State == ReplicaState.BackOff));
        Assert.DoesNotContain(Capability.Jobs, seen.Nodes[0].Capabilities);
        Assert.StartsWith("the agent has no right to make Jobs", seen.Replicas.Single(static replica => replica.State == ReplicaState.BackOff).Message, StringComparison.Ordinal);
    }
}
