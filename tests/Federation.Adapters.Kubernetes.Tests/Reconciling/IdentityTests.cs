using System.Text.Json.Nodes;
using Federation.Domain.Observation;
using Federation.TestKit.Kubernetes.Double;

namespace Federation.Adapters.Kubernetes.Tests.Reconciling;

/// <summary>A cluster that is another one than before, and answers as well.</summary>
public sealed class IdentityTests
{
    private const string MadeWithIt = "kube-system";

    [Fact]
    public async Task Cluster_ThatIsAnother_IsNotSeenAndNothingIsDoneInIt()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync();
        await rig.ApplyAsync(1, 1, new DesiredAssignment(KubernetesRig.Order(2), []));
        ClusterObservationSet before = await rig.SeeAsync(static set => set.Replicas.Count(static replica => replica.State == ReplicaState.Ready) == 2);
        await rig.SeeAsync(static set => set.Nodes[0].AppliedRevision == 1);
        JsonObject system = rig.Cluster.Find("", "namespaces", null, MadeWithIt)!, other = (JsonObject)system.DeepClone();
        other["metadata"]!["uid"] = "another";
        rig.Cluster.Place("", "namespaces", other);
        await rig.UntilAsync(() => rig.Reconciler.Silence is not null);
        Assert.Contains($"the uid of kube-system is another, and was {(string)system["metadata"]!["uid"]!}", rig.Reconciler.Silence, StringComparison.Ordinal);

        // Nothing of what it had is there, and whoever follows it has to begin anew.
        string deployment = (string)rig.Deployment()!["metadata"]!["name"]!;
        rig.Cluster.Remove("apps", "deployments", rig.Space, deployment);
        foreach (JsonObject pod in rig.Cluster.List("", "pods", rig.Space)) rig.Cluster.Remove("", "pods", rig.Space, (string)pod["metadata"]!["name"]!);
        rig.Cluster.Compact();
        int asked = 0;
        rig.Cluster.Faults = call =>
        {
            if (call is { Resource: "namespaces", Name: MadeWithIt }) Interlocked.Increment(ref asked);
            return call.Verb == "watch" ? new Fault.Expire() : null;
        };
        await rig.UntilAsync(() => Volatile.Read(ref asked) > 20);
        Assert.Null(rig.Deployment());
        Assert.Equal(before.Replicas.Select(static replica => (replica.Id, replica.State)), rig.Reconciler.Current.Replicas.Select(static replica => (replica.Id, replica.State)));
        Assert.All(rig.Reconciler.Current.Replicas, static replica => Assert.StartsWith("another cluster answers", replica.Message, StringComparison.Ordinal));

        // The first one answers again.
        rig.Cluster.Faults = null;
        rig.Cluster.Place("", "namespaces", system);
        await rig.SeeAsync(set => set.Replicas.Count(replica => replica.State == ReplicaState.Ready && before.Replicas.All(was => was.Id != replica.Id)) == 2);
        Assert.Null(rig.Reconciler.Silence);
    }

    [Fact]
    public async Task Cluster_WhoseNamespacesItMayNotSee_IsTrusted()
    {
        await using KubernetesRig rig = await KubernetesRig.StartAsync(allows: static call => call is not { Resource: "namespaces", Name: MadeWithIt });
        await rig.ApplyAsync(1, 1, new DesiredAssignment(KubernetesRig.Order(1), []));
        await rig.SeeAsync(static set => set.Replicas.Any(static replica => replica.State == ReplicaState.Ready));
    }
}
