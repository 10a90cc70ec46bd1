using System.Net;
using System.Text.Json.Nodes;
using Federation.Domain.Assignments;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;

namespace Federation.Adapters.Kubernetes.Tests.Reconciling;

/// <summary>Replicas that are reached at ports of their nodes.</summary>
public sealed class NodePortTests
{
    private static JsonObject[] NodePorts(KubernetesRig rig) => [.. rig.Cluster.List("", "services", rig.Space).Where(static service => (string?)service["spec"]!["type"] == "NodePort")];

    private static Task<ClusterObservationSet> ReadyAsync(KubernetesRig rig, int count) => rig.SeeAsync(set => set.Replicas.Count == count && set.Replicas.All(static replica => replica.State == ReplicaState.Ready));

    [Fact]
    public async Task Replicas_OfAWorkload_HaveAServiceEachThatLeadsToThemAlone()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync(nodePorts: true);
        Assignment order = KubernetesRig.Order(3);
        order = order with { Template = order.Template with { Ports = [.. order.Template.Ports!, new PortTemplate { Name = "admin", ContainerPort = 9090 }, new PortTemplate { Name = "syslog", ContainerPort = 514, Protocol = PortProtocol.Udp }] } };
        await rig.ApplyAsync(1, 1, new DesiredAssignment(order, []));
        ClusterObservationSet seen = await ReadyAsync(rig, 3);
        await rig.UntilAsync(() => seen.Replicas.All(replica => rig.Reconciler.FindNodePort(replica.Id, "") is not null));
        JsonObject[] services = NodePorts(rig);
        Assert.Equal(3, services.Length);
        foreach (ReplicaObservation replica in seen.Replicas)
        {
            JsonObject pod = rig.Cluster.List("", "pods", rig.Space).Single(one => (string?)one["metadata"]!["uid"] == replica.Id.Value), service = services.Single(one => (string?)one["metadata"]!["ownerReferences"]![0]!["uid"] == replica.Id.Value);
            JsonNode spec = service["spec"]!;
            Assert.Equal(("Local", true), ((string?)spec["externalTrafficPolicy"], (bool?)spec["publishNotReadyAddresses"]));
            Assert.Equal([("http", 8080), ("admin", 9090)], spec["ports"]!.AsArray().Select(static port => ((string?)port!["name"], (int)port["targetPort"]!)));
            Assert.Equal(new IPEndPoint(IPAddress.Loopback, (int)spec["ports"]![0]!["nodePort"]!), rig.Reconciler.FindNodePort(replica.Id, "http"));
            Assert.Equal(new IPEndPoint(IPAddress.Loopback, (int)spec["ports"]![1]!["nodePort"]!), rig.Reconciler.FindNodePort(replica.Id, "admin"));
            Assert.Null(rig.Reconciler.FindNodePort(replica.Id, "syslog"));
            JsonObject slice = rig.Cluster.List("discovery.k8s.io", "endpointslices", rig.Space).Single(one => (string?)one["metadata"]!["labels"]!["kubernetes.io/service-name"] == (string?)service["metadata"]!["name"]);
            Assert.Equal((string?)pod["status"]!["podIP"], (string?)Assert.Single(slice["endpoints"]!.AsArray())!["addresses"]![0]);
        }
        // By its name the workload is found without them, and each goes with its pod.
        Assert.Equal("None", (string?)rig.Cluster.Find("", "services", rig.Space, "web")!["spec"]!["clusterIP"]);
        await rig.ApplyAsync(1, 2, new DesiredAssignment(order with { Replicas = 1 }, []));
        await rig.UntilAsync(() => NodePorts(rig).Length == 1);
        await rig.ApplyAsync(1, 3);
        await rig.UntilAsync(() => NodePorts(rig).Length == 0);
    }

    [Fact]
    public async Task Service_ThatOthersTakeAwayOrChange_IsPutRight()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync(nodePorts: true);
        await rig.ApplyAsync(1, 1, new DesiredAssignment(KubernetesRig.Order(2), []));
        ClusterObservationSet seen = await ReadyAsync(rig, 2);
        await rig.UntilAsync(() => seen.Replicas.All(replica => rig.Reconciler.FindNodePort(replica.Id, "") is not null));
        JsonObject taken = NodePorts(rig)[0], changed = NodePorts(rig)[1];
        rig.Cluster.Remove("", "services", rig.Space, (string)taken["metadata"]!["name"]!);
        changed["spec"]!["selector"] = new JsonObject { ["app"] = "another" };
        rig.Cluster.Place("", "services", changed);
        // A port that is no more, or another's by now, is not gone to.
        await rig.UntilAsync(() => seen.Replicas.Count(replica => rig.Reconciler.FindNodePort(replica.Id, "") is null) == 1);
        await rig.UntilAsync(() => NodePorts(rig) is { Length: 2 } services && services.All(static service => (string?)service["spec"]!["selector"]!["federation/pod"] == (string?)service["metadata"]!["labels"]!["federation/pod"]));
        await rig.UntilAsync(() => seen.Replicas.All(replica => rig.Reconciler.FindNodePort(replica.Id, "") is not null));
    }

    [Fact]
    public async Task NodePorts_ThatAreAllGivenAway_HoldNothingUp()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync(nodePorts: true);
        rig.Cluster.NodePorts = (30000, 1);
        await rig.ApplyAsync(1, 1, new DesiredAssignment(KubernetesRig.Order(2), []));
        ClusterObservationSet seen = await ReadyAsync(rig, 2);
        await rig.UntilAsync(() => rig.Said.Contains("range is full", StringComparison.Ordinal));
        await rig.UntilAsync(() => seen.Replicas.Count(replica => rig.Reconciler.FindNodePort(replica.Id, "") is not null) == 1);
        await rig.ApplyAsync(1, 2, new DesiredAssignment(KubernetesRig.Order(3), []));
        await ReadyAsync(rig, 3);
        Assert.Null(rig.Reconciler.Silence);
        Assert.Single(NodePorts(rig));
    }

    [Fact]
    public async Task Agent_WithoutTheRightToServices_GivesNoNodePortsAndSaysSo()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync(static call => call is not { Resource: "services", Verb: "list" or "watch" }, nodePorts: true);
        await rig.ApplyAsync(1, 1, new DesiredAssignment(KubernetesRig.Order(1), []));
        ClusterObservationSet seen = await ReadyAsync(rig, 1);
        await rig.UntilAsync(() => rig.Said.Contains("are reached through the API server", StringComparison.Ordinal));
        Assert.Null(rig.Reconciler.FindNodePort(seen.Replicas[0].Id, ""));
        Assert.Empty(NodePorts(rig));
    }

    [Fact]
    public async Task Job_WhosePodFails_HasTheNodePortOfTheNextPod()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync(nodePorts: true);
        Assignment order = KubernetesRig.Order(1);
        await rig.ApplyAsync(1, 1, new DesiredAssignment(order with { Template = order.Template with { Restart = new RestartPolicy { Condition = RestartCondition.OnFailure, MaxAttempts = 3 } } }, []));
        ClusterObservationSet seen = await ReadyAsync(rig, 1);
        await rig.UntilAsync(() => rig.Reconciler.FindNodePort(seen.Replicas[0].Id, "") is not null);
        IPEndPoint first = rig.Reconciler.FindNodePort(seen.Replicas[0].Id, "")!;
        JsonObject pod = rig.Cluster.List("", "pods", rig.Space).Single();
        rig.Cluster.Exit(pod, (string)pod["spec"]!["containers"]![0]!["name"]!, 3);
        await rig.UntilAsync(() => rig.Reconciler.FindNodePort(seen.Replicas[0].Id, "") is { } next && !next.Equals(first));
        Assert.Equal(seen.Replicas[0].Id, Assert.Single(rig.Reconciler.Current.Replicas).Id);
    }
}
