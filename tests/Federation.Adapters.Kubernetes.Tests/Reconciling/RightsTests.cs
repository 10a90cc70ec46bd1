using System.Text;
using Federation.Adapters.Kubernetes.Reaching;
using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;
using Federation.TestKit.Kubernetes.Double;
using YamlDotNet.RepresentationModel;

namespace Federation.Adapters.Kubernetes.Tests.Reconciling;

/// <summary>The rights that deploy/kubernetes gives the agent, held against all that it asks for.</summary>
public sealed class RightsTests
{
    // What newer servers ask for in place of get.
    private static readonly (string, string, string)[] OfNewerServers = [("", "pods/exec", "create"), ("", "pods/portforward", "create")];

    [Fact]
    public async Task Rights_OfTheManifest_AreThoseThatAreUsedAndNoOthers()
    {
        HashSet<(string Group, string Resource, string Verb)> given = [.. Given()];
        await using KubernetesRig rig = await KubernetesRig.StartAsync(call => given.Contains((call.Group, call.Resource, call.Verb)));
        Assignment order = KubernetesRig.Order(2);
        order = order with { LeastReady = 1, Template = order.Template with { DrainSeconds = 1, Configs = [new FileReference { Name = "app" }], Secrets = [new FileReference { Name = "db" }] } };
        DesiredAssignment With(Assignment one) => new(one, [new("Config", "app", 1, Encoding.UTF8.GetBytes("a=b")), new("Secret", "db", 1, Encoding.UTF8.GetBytes("c=d"))]);
        await rig.ApplyAsync(1, 1, With(order));
        ClusterObservationSet seen = await rig.SeeAsync(static set => set.Replicas.Count(static replica => replica.State == ReplicaState.Ready) == 2);
        ReplicaId replica = seen.Replicas[0].Id;
        await foreach (OutputLine line in rig.Reconciler.ReadOutputAsync(replica, false, 1, null, false, TestContext.Current.CancellationToken)) Assert.NotNull(line.Text);
        await using (PodCommand command = (await rig.Reconciler.RunCommandAsync(replica, ["echo", "hello"], terminal: false, input: false, TestContext.Current.CancellationToken))!)
        {
            string output = "";
            await command.CopyOutputAsync((_, piece, _) => { output += Encoding.UTF8.GetString(piece.Span); return ValueTask.CompletedTask; }, TestContext.Current.CancellationToken);
            Assert.Equal("hello\n", output);
            Assert.Equal(0, await command.WaitAsync(TestContext.Current.CancellationToken));
        }
        Assert.Contains("connection refused", (await Assert.ThrowsAnyAsync<IOException>(() => rig.Reconciler.OpenForwardAsync(replica, "", TestContext.Current.CancellationToken))).Message, StringComparison.Ordinal);
        await rig.ApplyAsync(1, 2, With(order with { Replicas = 1 }));
        await rig.SeeAsync(static set => set.Replicas.Count == 1);
        await rig.UntilAsync(() => rig.Cluster.Find("", "services", rig.Space, "web") is not null);
        // What manifests have declared: a Service with an address, and who may call.
        var declared = new Dictionary<string, string> { ["services.web"] = """{"spec":{"ports":[{"port":80}]}}""", ["policies.nobody"] = """{"spec":{"policyTypes":["Ingress"]}}""" };
        await rig.ApplyAsync(1, 3, With(order with { Replicas = 1, Revision = new("r2"), MayBeUnavailable = 1, Template = order.Template with { Container = new ContainerTemplate { Kubernetes = new KubernetesFields { Needed = declared } } } }));
        await rig.UntilAsync(() => rig.Cluster.Find("", "services", rig.Space, "web")?["spec"]!["clusterIP"] is { } address && (string?)address != "None");
        // A StatefulSet with a volume, and another template for it.
        Assignment kept = order with { Id = new("kept.uid.c"), Workload = new(new("acme"), "default", "kept"), WorkloadUid = "uid-kept", Replicas = 1, Template = order.Template with { Volumes = [new VolumeReference { Name = "data", Path = "/data" }] } };
        await rig.ApplyAsync(1, 4, With(kept with { Template = kept.Template with { Container = new ContainerTemplate { Kubernetes = new KubernetesFields { Needed = declared } } } }));
        await rig.SeeAsync(static set => set.Replicas.Count == 1 && set.Replicas[0] is { State: ReplicaState.Ready, Workload.Name: "kept" });
        string nobody = KubernetesRig.Names.Beside(kept.Workload, "policy", "nobody");
        await rig.UntilAsync(() => rig.Cluster.Find("networking.k8s.io", "networkpolicies", rig.Space, nobody) is not null);
        // What it declares no more goes.
        await rig.ApplyAsync(1, 5, With(kept with { Revision = new("r2"), MayBeUnavailable = 1, Generation = 2 }));
        await rig.SeeAsync(static set => set.Replicas.Any(static replica => replica is { State: ReplicaState.Ready, Revision.Value: "r2" }));
        await rig.UntilAsync(() => rig.Cluster.Find("networking.k8s.io", "networkpolicies", rig.Space, nobody) is null);
        // What ends, is removed after that, and is deleted.
        rig.Cluster.Plays = static (_, container) => (string?)container["command"]?[0] == "end" ? new ContainerPlay { EndsAfter = TimeSpan.Zero } : null;
        Assignment once = order with
        {
            Id = new("once.uid.c"),
            Workload = new(new("acme"), "default", "once"),
            WorkloadUid = "uid-once",
            Replicas = 1,
            Template = order.Template with { Restart = new RestartPolicy { Condition = RestartCondition.Never }, Container = new ContainerTemplate { Command = ["end"], Kubernetes = new KubernetesFields { Extra = new Dictionary<string, string> { ["job.spec.ttlSecondsAfterFinished"] = "600" } } } },
        };
        await rig.ApplyAsync(1, 6, With(once));
        await rig.SeeAsync(static set => set.Replicas.Count == 1 && set.Replicas[0].Succeeded == true);
        await rig.ApplyAsync(1, 7, With(once with { Completed = true }));
        await rig.UntilAsync(() => rig.Cluster.List("batch", "jobs", rig.Space).All(static job => (int?)job["spec"]!["ttlSecondsAfterFinished"] == 600));
        // What begins by the clock.
        var schedule = new KubernetesFields { Kind = "CronJob", Needed = new Dictionary<string, string> { ["object.spec.schedule"] = "\"0 3 * * *\"" } };
        Assignment nightly = once with { Id = new("nightly.uid.c"), Workload = new(new("acme"), "default", "nightly"), WorkloadUid = "uid-nightly", Template = once.Template with { Container = new ContainerTemplate { Kubernetes = schedule } } };
        await rig.ApplyAsync(1, 8, With(nightly));
        await rig.SeeAsync(static set => set.Replicas.Count == 1 && set.Replicas[0] is { State: ReplicaState.Ready, Workload.Name: "nightly" });
        await rig.ApplyAsync(1, 9);
        await rig.SeeAsync(static set => set.Nodes[0].AppliedRevision == 9 && set.Replicas.Count == 0);
        HashSet<(string, string, string)> used = [.. rig.Cluster.Calls.Select(static call => (call.Group, call.Resource, call.Verb))];
        // Replicas that are reached at their nodes.
        await using KubernetesRig other = await KubernetesRig.StartAsync(call => given.Contains((call.Group, call.Resource, call.Verb)), nodePorts: true);
        await other.ApplyAsync(1, 1, new DesiredAssignment(KubernetesRig.Order(1), []));
        await other.UntilAsync(() => other.Reconciler.Current.Replicas is [{ Id: var id }] && other.Reconciler.FindNodePort(id, "") is not null);
        used.UnionWith(other.Cluster.Calls.Select(static call => (call.Group, call.Resource, call.Verb)));
        Assert.DoesNotContain("cannot", rig.Said + other.Said, StringComparison.Ordinal);
        Assert.Equal(given.Except(OfNewerServers).Order(), used.Order());
    }

    private static IEnumerable<(string, string, string)> Given()
    {
        string? folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder!, "Federation.sln"))) folder = Path.GetDirectoryName(folder);
        var stream = new YamlStream();
        stream.Load(new StringReader(File.ReadAllText(Path.Combine(folder!, "deploy/kubernetes/agent-rights.yaml"))));
        var role = (YamlMappingNode)stream.Documents.Select(static document => document.RootNode).Single(static root => (string?)root["kind"] == "ClusterRole");
        foreach (YamlNode rule in (YamlSequenceNode)role["rules"])
            foreach (string? group in Words(rule, "apiGroups"))
                foreach (string? resource in Words(rule, "resources"))
                    foreach (string? verb in Words(rule, "verbs")) yield return (group!, resource!, verb!);
    }

    private static IEnumerable<string?> Words(YamlNode rule, string name) => ((YamlSequenceNode)rule[name]).Select(static word => ((YamlScalarNode)word).Value);
}
