using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Federation.Domain.Assignments;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;
using Federation.TestKit.Kubernetes.Double;

namespace Federation.Adapters.Kubernetes.Tests.Reconciling;

/// <summary>What begins by the clock is one CronJob for all revisions, whose Jobs are the cluster's own. The double begins none by itself: the tests do, as the cluster would.</summary>
public sealed class CronJobTests
{
    private static Assignment Nightly(string revision = "r1", params (string Path, string Json)[] carried)
    {
        Assignment order = KubernetesRig.Order(1, revision);
        return order with
        {
            Template = order.Template with
            {
                Ports = null,
                Restart = new RestartPolicy { Condition = RestartCondition.OnFailure, MaxAttempts = 2 },
                Container = new ContainerTemplate
                {
                    Command = ["end", "0"],
                    Kubernetes = new KubernetesFields
                    {
                        Kind = "CronJob",
                        Needed = new Dictionary<string, string> { ["object.spec.schedule"] = "\"0 3 * * *\"", ["object.spec.concurrencyPolicy"] = "\"Forbid\"" }.Concat(carried.ToDictionary(static one => one.Path, static one => one.Json)).ToDictionary(),
                    },
                },
            },
        };
    }

    private static JsonObject? CronJob(KubernetesRig rig) => rig.Cluster.Find("batch", "cronjobs", rig.Space, "web");

    private static bool Ready(ClusterObservationSet set, string revision = "r1") => set.Replicas is [{ State: ReplicaState.Ready } replica] && replica.Revision.Value == revision;

    // As its controller does.
    private static void Begin(KubernetesRig rig, string name, string? at = null)
    {
        JsonObject cron = CronJob(rig)!;
        var job = (JsonObject)cron["spec"]!["jobTemplate"]!.DeepClone();
        (job["apiVersion"], job["kind"]) = ("batch/v1", "Job");
        var metadata = (JsonObject)job["metadata"]!;
        (metadata["name"], metadata["namespace"]) = (name, rig.Space);
        if (at is not null) metadata["creationTimestamp"] = at;
        metadata["ownerReferences"] = new JsonArray(new JsonObject { ["apiVersion"] = "batch/v1", ["kind"] = "CronJob", ["name"] = "web", ["uid"] = (string)cron["metadata"]!["uid"]!, ["controller"] = true, ["blockOwnerDeletion"] = true });
        job["status"] = new JsonObject();
        rig.Cluster.Place("batch", "jobs", job);
    }

    [Fact]
    public async Task Order_OfWhatBeginsByTheClock_IsACronJob_WithWhatItsManifestSays()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync();
        Assignment order = Nightly("r1", ("job.spec.ttlSecondsAfterFinished", "60"), ("job.spec.parallelism", "2"), ("job.spec.completionMode", "\"Indexed\""), ("job.spec.completions", "4"));
        order = order with { Template = order.Template with { Secrets = [new FileReference { Name = "db" }], Volumes = [new VolumeReference { Name = "backups", Path = "/backups" }] } };
        await rig.ApplyAsync(1, 1, new DesiredAssignment(order, [new("Secret", "db", 1, Encoding.UTF8.GetBytes("c=d"))]));
        await rig.SeeAsync(static set => Ready(set) && set.Nodes[0].AppliedRevision == 1);
        JsonNode spec = CronJob(rig)!["spec"]!, job = spec["jobTemplate"]!["spec"]!;
        Assert.Equal(("0 3 * * *", "Forbid"), ((string?)spec["schedule"], (string?)spec["concurrencyPolicy"]));
        Assert.Equal((60, 2, 4, 2, "Indexed"), ((int)job["ttlSecondsAfterFinished"]!, (int)job["parallelism"]!, (int)job["completions"]!, (int)job["backoffLimit"]!, (string?)job["completionMode"]));
        Assert.Equal("Never", (string?)job["template"]!["spec"]!["restartPolicy"]);
        Assert.Equal("backups", (string?)Assert.Single(rig.Cluster.List("", "persistentvolumeclaims", rig.Space))["metadata"]!["name"]);
        await rig.UntilAsync(() => (string?)rig.Cluster.List("", "secrets", rig.Space)[0]["metadata"]!["ownerReferences"]?[0]?["kind"] == "CronJob");
        // A new agent finds it as it is.
        string version = (string)CronJob(rig)!["metadata"]!["resourceVersion"]!;
        await rig.ApplyAsync(1, 2, new DesiredAssignment(order, [new("Secret", "db", 1, Encoding.UTF8.GetBytes("c=d"))]));
        await rig.SeeAsync(static set => Ready(set) && set.Nodes[0].AppliedRevision == 2);
        Assert.Equal(version, (string?)CronJob(rig)!["metadata"]!["resourceVersion"]);
    }

    [Fact]
    public async Task Runs_AreNoReplicas_AndHowTheNewestEndedIsTold()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync();
        int code = 0;
        rig.Cluster.Plays = (_, _) => new ContainerPlay { EndsAfter = TimeSpan.Zero, ExitCode = code, Output = ["saved"] };
        await rig.ApplyAsync(1, 1, new DesiredAssignment(Nightly(), []));
        await rig.SeeAsync(static set => Ready(set));
        Begin(rig, "web-1");
        ClusterObservationSet seen = await rig.SeeAsync(static set => Ready(set) && set.Replicas[0].LastEnd is not null);
        Assert.Equal(("web-1: exit code 0", null, null), (seen.Replicas[0].LastEnd, seen.Replicas[0].Succeeded, seen.Replicas[0].Message));
        // Jobs and pods are told apart: the pod of one that has ended may be known a moment later.
        var said = new List<string>();
        for (int i = 0; said.Count == 0 && i < 400; i++)
        {
            await foreach (Federation.Adapters.Kubernetes.Reaching.OutputLine line in rig.Reconciler.ReadOutputAsync(seen.Replicas[0].Id, false, null, null, false, TestContext.Current.CancellationToken)) said.Add(line.Text);
            if (said.Count == 0) await Task.Delay(20, TestContext.Current.CancellationToken);
        }
        Assert.Equal(["saved"], said);
        code = 3;
        Begin(rig, "web-2");
        await rig.SeeAsync(static set => Ready(set) && set.Replicas[0].LastEnd?.StartsWith("web-2: exit code 3", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task Run_WhosePodTheClusterRefuses_IsToldAsLongAsItIs()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync();
        rig.Cluster.Pace = 0.01;
        rig.Cluster.Plays = static (_, _) => new ContainerPlay { EndsAfter = TimeSpan.Zero };
        rig.Cluster.Refuses = static _ => "violates PodSecurity \"restricted:latest\": unrestricted capabilities";
        await rig.ApplyAsync(1, 1, new DesiredAssignment(Nightly(), []));
        await rig.SeeAsync(static set => Ready(set));
        Begin(rig, "web-1");
        ClusterObservationSet seen = await rig.SeeAsync(static set => Ready(set) && set.Replicas[0].Message is not null);
        Assert.StartsWith("its run web-1 waits: the cluster refuses its pod: pods \"web-1-", seen.Replicas[0].Message, StringComparison.Ordinal);
        Assert.EndsWith("is forbidden: violates PodSecurity \"restricted:latest\": unrestricted capabilities", seen.Replicas[0].Message, StringComparison.Ordinal);
        rig.Cluster.Refuses = null;
        await rig.SeeAsync(static set => Ready(set) && set.Replicas[0] is { LastEnd: "web-1: exit code 0", Message: null });
    }

    [Fact]
    public async Task Run_ThatTheClusterDoesNotLetBegin_IsToldUntilOneBegins()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync();
        rig.Cluster.Plays = static (_, _) => new ContainerPlay { EndsAfter = TimeSpan.Zero };
        await rig.ApplyAsync(1, 1, new DesiredAssignment(Nightly(), []));
        await rig.SeeAsync(static set => Ready(set));
        Begin(rig, "web-1");
        await rig.SeeAsync(static set => Ready(set) && set.Replicas[0].LastEnd is not null);
        string later = DateTimeOffset.UtcNow.AddHours(1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        rig.Cluster.Place("", "events", (JsonObject)JsonNode.Parse($$"""
            { "metadata": { "name": "web.1", "namespace": "{{rig.Space}}" }, "involvedObject": { "kind": "CronJob", "namespace": "{{rig.Space}}", "name": "web", "uid": "{{(string)CronJob(rig)!["metadata"]!["uid"]!}}" }, "type": "Warning", "reason": "FailedCreate",
              "message": "Error creating job: jobs.batch \"web-2\" is forbidden: exceeded quota: runs, requested: count/jobs.batch=1, used: count/jobs.batch=1, limited: count/jobs.batch=1", "count": 1, "firstTimestamp": "{{later}}", "lastTimestamp": "{{later}}" }
            """)!);
        ClusterObservationSet seen = await rig.SeeAsync(static set => Ready(set) && set.Replicas[0].Message is not null);
        Assert.Equal("the cluster's quota does not allow its runs: jobs.batch \"web-2\" is forbidden: exceeded quota: runs, requested: count/jobs.batch=1, used: count/jobs.batch=1, limited: count/jobs.batch=1", seen.Replicas[0].Message);
        Begin(rig, "web-2", later);
        await rig.SeeAsync(static set => Ready(set) && set.Replicas[0] is { LastEnd: "web-2: exit code 0", Message: null });
    }

    [Fact]
    public async Task NewVersion_TakesItsPlace_OnceTheOrderAllowsIt_AndTheOrdersEndTakesAllOfItAway()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync();
        await rig.ApplyAsync(1, 1, new DesiredAssignment(Nightly(), []));
        string id = (await rig.SeeAsync(static set => Ready(set))).Replicas[0].Id.Value;
        Begin(rig, "web-1");
        await rig.UntilAsync(() => rig.Cluster.List("", "pods", rig.Space).Count == 1);
        await rig.ApplyAsync(1, 2, new DesiredAssignment(Nightly("r2", ("object.spec.suspend", "true")), []));
        await rig.SeeAsync(static set => Ready(set) && set.Nodes[0].AppliedRevision == 2);
        Assert.False((bool)CronJob(rig)!["spec"]!["suspend"]!);
        await rig.ApplyAsync(1, 3, new DesiredAssignment(Nightly("r2", ("object.spec.suspend", "true")) with { Surge = 1 }, []));
        ClusterObservationSet seen = await rig.SeeAsync(static set => Ready(set, "r2"));
        Assert.Equal(id, seen.Replicas[0].Id.Value);
        Assert.True((bool)CronJob(rig)!["spec"]!["suspend"]!);
        await rig.ApplyAsync(1, 4);
        await rig.SeeAsync(static set => set.Replicas.Count == 0 && set.Nodes[0].AppliedRevision == 4);
        Assert.Null(CronJob(rig));
        await rig.UntilAsync(() => rig.Cluster.List("batch", "jobs", rig.Space).Count == 0 && rig.Cluster.List("", "pods", rig.Space).Count == 0);
    }

    [Fact]
    public async Task WhatSomebodyChanged_IsPutRight_AndSomebodyElsesIsLeftAlone()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync();
        await rig.ApplyAsync(1, 1, new DesiredAssignment(Nightly(), []));
        await rig.SeeAsync(static set => Ready(set));
        JsonObject changed = (JsonObject)CronJob(rig)!.DeepClone();
        changed["spec"]!["schedule"] = "* * * * *";
        rig.Cluster.Place("batch", "cronjobs", changed);
        await rig.UntilAsync(() => (string?)CronJob(rig)!["spec"]!["schedule"] == "0 3 * * *");

        await using KubernetesRig other = await KubernetesRig.StartAsync();
        other.Cluster.Place("batch", "cronjobs", new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "web", ["namespace"] = other.Space },
            ["spec"] = new JsonObject { ["schedule"] = "1 1 * * *", ["jobTemplate"] = CronJob(rig)!["spec"]!["jobTemplate"]!.DeepClone() },
        });
        await other.ApplyAsync(1, 1, new DesiredAssignment(Nightly(), []));
        ClusterObservationSet seen = await other.SeeAsync(static set => set.Replicas.Any(static replica => replica.Message is not null));
        Assert.Contains("the CronJob web in the namespace", seen.Replicas[0].Message, StringComparison.Ordinal);
        Assert.Equal("1 1 * * *", (string?)CronJob(other)!["spec"]!["schedule"]);
    }

    [Fact]
    public async Task WithoutRights_TheCapabilityIsNotOffered_AndAllElseRuns()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync(static call => call.Resource != "cronjobs");
        await rig.ApplyAsync(1, 1, new DesiredAssignment(Nightly(), []));
        ClusterObservationSet seen = await rig.SeeAsync(static set => set.Replicas.Any(static replica => replica.Message is not null));
        Assert.DoesNotContain(Capability.Schedules, seen.Nodes[0].Capabilities);
        Assert.Contains(Capability.Jobs, seen.Nodes[0].Capabilities);
        Assert.Contains("no right to make CronJobs", seen.Replicas[0].Message, StringComparison.Ordinal);
        await rig.ApplyAsync(1, 2, new DesiredAssignment(KubernetesRig.Order(1), []));
        await rig.SeeAsync(static set => Ready(set));
    }

    [Fact]
    public async Task WithoutASchedule_ItWaitsAndSaysSo()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync();
        Assignment order = Nightly();
        await rig.ApplyAsync(1, 1, new DesiredAssignment(order with { Template = order.Template with { Container = order.Template.Container! with { Kubernetes = new KubernetesFields { Kind = "CronJob" } } } }, []));
        ClusterObservationSet seen = await rig.SeeAsync(static set => set.Replicas.Any(static replica => replica.Message is not null));
        Assert.Equal("it is to be a CronJob and has no schedule: write container.kubernetes.needed[\"object.spec.schedule\"]", seen.Replicas[0].Message);
    }
}
