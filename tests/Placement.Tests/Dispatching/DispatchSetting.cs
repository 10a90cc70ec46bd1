using Federation.Domain.Assignments;
using Federation.Domain.Bindings;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Quantities;
using Federation.Domain.Workloads;
using Federation.Placement.Dispatching;

namespace Federation.Placement.Tests.Dispatching;

/// <summary>A workload <c>web</c> of one version, with its orders and places, one node a cluster.</summary>
internal static class DispatchSetting
{
    public static readonly WorkloadKey Key = WorkloadKey.Parse("acme/default/web");
    public static readonly TemplateRevision V1 = new("v1"), V2 = new("v2");

    public static ReplicaShare? Share(string? text) => text is null ? null : ReplicaShare.Parse(text);

    public static DispatchInput Ending(DispatchInput input, RestartCondition condition = RestartCondition.Never) => input with
    {
        Spec = input.Spec with { Template = input.Spec.Template with { Restart = new RestartPolicy { Condition = condition } } },
    };

    public static TargetView Ended(string cluster, params bool[] succeeded)
    {
        TargetView ready = Live(cluster, ready: succeeded.Length);
        return ready with { Replicas = [.. ready.Replicas.Select((replica, i) => replica with { State = ReplicaState.Ended, Succeeded = succeeded[i] })] };
    }

    public static PlacedAssignment MovingOrder(string cluster, int replicas) =>
        Order(cluster, replicas) with { Order = Order(cluster, replicas).Order with { State = AssignmentState.Moving } };

    public static DispatchInput Input(Binding? binding, PlacedAssignment[] orders, TargetView[] targets) => new()
    {
        Key = Key,
        Uid = "u",
        Generation = 1,
        Spec = new WorkloadSpec(),
        Revision = V1,
        Binding = binding,
        Assignments = orders,
        Targets = targets,
        Term = 7,
    };

    public static Binding Want(params (string Cluster, int Replicas)[] shares) => new()
    {
        Workload = Key,
        WorkloadUid = "u",
        Generation = 1,
        Shares = [.. shares.Select(share => new BindingShare(new(share.Cluster), new NodeId("n1"), share.Replicas))],
    };

    public static PlacedAssignment Order(string cluster, int replicas) => new(PlainOrder.Of(Key, "u", new(new(cluster), new("n1")), replicas) with { Revision = V1 }, 10);

    public static PlacedAssignment Unreachable(string cluster, int replicas) =>
        Order(cluster, replicas) with { Order = Order(cluster, replicas).Order with { State = AssignmentState.Unreachable } };

    public static TargetView Live(string cluster, int ready = 0, TemplateRevision? revision = null) => At(cluster, VerdictState.Ready) with
    {
        AppliedRevision = 10,
        Replicas = [.. Enumerable.Range(0, ready).Select(i => new ReplicaObservation
        {
            Id = new($"{cluster}-{i}"),
            Assignment = DispatchRules.IdOf("u", new(cluster), new NodeId("n1")),
            Workload = Key,
            Cluster = new(cluster),
            Node = new NodeId("n1"),
            Revision = revision ?? V1,
            State = ReplicaState.Ready,
        })],
    };

    public static TargetView At(string cluster, VerdictState state, bool leaseEnded = false) => new()
    {
        Cluster = new(cluster),
        Node = new NodeId("n1"),
        Verdict = new Verdict { Cluster = new(cluster), Node = new NodeId("n1"), State = state, Revision = 5, Reason = "test", LeaseEnded = leaseEnded },
    };
}
