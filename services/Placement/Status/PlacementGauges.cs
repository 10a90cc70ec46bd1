using System.Diagnostics.Metrics;
using Federation.Domain.Assignments;
using Federation.Domain.Bindings;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Quantities;
using Federation.Domain.Workloads;
using Federation.Feeds;
using Federation.Placement.Documents;
using Federation.Placement.Planning;
using Federation.Storage;

namespace Federation.Placement.Status;

/// <summary>
/// How workloads and clusters stand, read when the metrics are asked for. There are as many series as documents in the store, and none of what is gone.
/// </summary>
public sealed class PlacementGauges : IDisposable
{
    // One collection reads several instruments: one look at the world serves them all.
    private static readonly TimeSpan SameLook = TimeSpan.FromMilliseconds(500);

    private readonly Meter _meter = new("Federation.Placement.World");
    private readonly IStore _store;
    private readonly FeedFollower _health;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private (long Taken, World World)? _look;

    public PlacementGauges(IStore store, FeedFollower health, TimeProvider time)
    {
        _store = store;
        _health = health;
        _time = time;
        Workload("desired", "Replicas that a workload should have", static workload => workload.Desired);
        Workload("assigned", "Replicas of a workload that are ordered somewhere", static workload => workload.Assigned);
        Workload("ready", "Replicas of a workload that are ready where contact is", static workload => workload.Ready);
        Workload("unreachable", "Replicas of a workload on clusters or nodes without contact", static workload => workload.Unreachable);
        Workload("unplaced", "Replicas of a workload that found no place", static workload => workload.Unplaced);
        Amount("allocatable", "that workloads may use", static cluster => cluster.Allocatable);
        Amount("assigned", "reserved by orders", static cluster => cluster.Assigned);
        _meter.CreateObservableGauge("federation.feed.stale", () => health.Current.Known ? [new Measurement<double>(health.IsFresh(Loops.PlannerLoop.HealthSilence) ? 0 : 1, new KeyValuePair<string, object?>("feed", "health"))] : Array.Empty<Measurement<double>>(),
            null, "1 while the feed is too old to decide on, else 0.");
    }

    public void Dispose() => _meter.Dispose();

    private void Workload(string name, string description, Func<WorkloadFigures, int> figure) => _meter.CreateObservableGauge(
        $"federation.workload.replicas.{name}",
        () => Look().Workloads.Select(workload => new Measurement<int>(
            figure(workload), new("tenant", workload.Key.Tenant.Value), new("namespace", workload.Key.Namespace), new("workload", workload.Key.Name))),
        "{replica}", description);

    private void Amount(string name, string description, Func<ClusterFigures, ResourceAmount> amount)
    {
        _meter.CreateObservableGauge(
            $"federation.cluster.cpu.{name}",
            () => Look().Clusters.Select(cluster => new Measurement<double>(amount(cluster).Cpu.Value / 1000.0, new KeyValuePair<string, object?>("cluster", cluster.Cluster.Value))),
            "{cpu}", $"Processors of a cluster {description}");
        _meter.CreateObservableGauge(
            $"federation.cluster.memory.{name}",
            () => Look().Clusters.Select(cluster => new Measurement<long>(amount(cluster).Memory.Value, new KeyValuePair<string, object?>("cluster", cluster.Cluster.Value))),
            "By", $"Memory of a cluster {description}");
    }

    private World Look()
    {
        lock (_gate)
        {
            if (_look is { } look && _time.GetElapsedTime(look.Taken) < SameLook) return look.World;
            var world = new World(new PlacementState(_store.Current), new ObservedWorld(_health.Current));
            _look = (_time.GetTimestamp(), world);
            return world;
        }
    }

    private sealed class World
    {
        public World(PlacementState state, ObservedWorld observed)
        {
            Assignment[] orders = [.. state.Assignments.Select(static placed => placed.Order)];
            ILookup<string, Assignment> byUid = orders.ToLookup(static order => order.WorkloadUid);
            ILookup<WorkloadKey, ReplicaObservation> replicas = observed.Replicas.ToLookup(static replica => replica.Workload);
            Workloads = [.. state.Workloads.Select(workload => Figures(workload, state, byUid, replicas, observed))];
            ILookup<ClusterId, Assignment> byCluster = orders.ToLookup(static order => order.Cluster);
            ILookup<ClusterId, NodeObservation> nodes = observed.Nodes.ToLookup(static node => node.Cluster);
            Clusters = [.. state.Clusters.Select(cluster => Figures(new ClusterId(cluster.Metadata.Name), byCluster, nodes))];
        }

        public IReadOnlyList<WorkloadFigures> Workloads { get; }

        public IReadOnlyList<ClusterFigures> Clusters { get; }

        private static WorkloadFigures Figures(
            Workload workload, PlacementState state, ILookup<string, Assignment> orders, ILookup<WorkloadKey, ReplicaObservation> replicas, ObservedWorld observed)
        {
            WorkloadKey key = WorkloadResolver.KeyOf(workload);
            Binding? binding = state.Binding(key) is { } found && found.WorkloadUid == workload.Metadata.Uid ? found : null;
            var (ready, unreachable) = (0, 0);
            foreach (ReplicaObservation replica in replicas[key])
            {
                if (observed.Verdict(replica.Cluster, replica.Node)?.State.IsDoubtful() == true) unreachable += replica.Running ? 1 : 0;
                else if (replica.State == ReplicaState.Ready) ready++;
            }
            return new WorkloadFigures(
                key,
                workload.Metadata.DeletionRequestedAt is not null || orders[workload.Metadata.Uid ?? ""].Any(static order => order.Completed) ? 0 : WorkloadStatusReader.DesiredBy(workload, binding),
                orders[workload.Metadata.Uid ?? ""].Where(static order => order is { Completed: false, State: AssignmentState.Active or AssignmentState.Moving }).Sum(static order => order.Replicas),
                ready, unreachable, binding?.Unplaced ?? 0);
        }

        private static ClusterFigures Figures(ClusterId cluster, ILookup<ClusterId, Assignment> orders, ILookup<ClusterId, NodeObservation> nodes) => new(
            cluster,
            nodes[cluster].Aggregate(ResourceAmount.Zero, static (sum, node) => sum + (node.Allocatable - node.Foreign)),
            orders[cluster].Where(static order => order is { Completed: false, State: not AssignmentState.Withdrawn })
                .Aggregate(ResourceAmount.Zero, static (sum, order) => sum + ((order.Template.Resources?.Reserved ?? ResourceAmount.Zero) * order.Replicas)));
    }

    private sealed record WorkloadFigures(WorkloadKey Key, int Desired, int Assigned, int Ready, int Unreachable, int Unplaced);

    private sealed record ClusterFigures(ClusterId Cluster, ResourceAmount Allocatable, ResourceAmount Assigned);
}
