using System.Collections.Concurrent;
using Federation.Domain.Assignments;
using Federation.Domain.Bindings;
using Federation.Domain.Chance;
using Federation.Domain.Drills;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Quantities;
using Federation.Feeds;
using Federation.Placement.Documents;
using Federation.Storage;

namespace Federation.Placement.Drills;

/// <summary>
/// Begins drills, looks on while they go on, and ends them in time. The record is durable before anyone is cut off and carries its own end: whoever obeys it
/// heals by it, whatever becomes of this process.
/// </summary>
/// <param name="store">Placement's store.</param>
/// <param name="health">Health's feed.</param>
/// <param name="time">The clock.</param>
/// <param name="chance">Names drills.</param>
public sealed class DrillDesk(IStore store, FeedFollower health, TimeProvider time, IChance chance)
{
    /// <summary>How often a drill that goes on is looked at: nothing that it reports is finer.</summary>
    public static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private const int Kept = 50;
    private readonly ConcurrentDictionary<string, Watching> _watching = new(StringComparer.Ordinal);

    /// <summary>All that are kept, oldest first.</summary>
    public IEnumerable<Drill> All => new PlacementState(store.Current).All<Drill>(Kinds.Drill).OrderBy(static drill => drill.StartedAt);

    /// <summary>The drill that goes on, if any.</summary>
    public Drill? Active => All.FirstOrDefault(static drill => drill.EndedAt is null);

    /// <summary>Whether the cluster is to be treated as lost.</summary>
    public bool Covers(ClusterId cluster) => Active is { } drill && drill.Cluster == cluster && time.GetUtcNow() < drill.EndsAt;

    /// <summary>Begins a drill; null if another goes on.</summary>
    public async Task<Drill?> BeginAsync(ClusterId cluster, TimeSpan length, string by, StoreWrite audit, CancellationToken cancellationToken)
    {
        if (Active is not null) return null;
        DateTimeOffset now = time.GetUtcNow();
        var drill = new Drill { Id = chance.NextUid()[..8], Cluster = cluster, StartedAt = now, EndsAt = now + length, StartedBy = by };
        _watching[drill.Id] = Watching.Begin(drill, Lost(drill), time.GetTimestamp(), partial: false);
        IEnumerable<StoreWrite> old = All.Where(static one => one.EndedAt is not null).SkipLast(Kept).Select(static one => StoreWrite.Delete(new(Kinds.Drill, one.Id)));
        await store.CommitAsync(new StoreTransaction { Writes = [PlacementState.Put(Kinds.Drill, drill.Id, drill), audit, .. old] }, cancellationToken);
        return drill;
    }

    /// <summary>Ends a drill before its time; null if it is over, or none.</summary>
    public async Task<Drill?> StopAsync(string id, string by, CancellationToken cancellationToken) =>
        All.FirstOrDefault(one => one.Id == id) is { EndedAt: null } drill ? await EndAsync(drill, by, cancellationToken) : null;

    /// <summary>Looks on, and ends what is over, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (Active is { } drill)
            {
                See(drill);
                if (time.GetUtcNow() >= drill.EndsAt) await EndAsync(drill, null, cancellationToken);
            }
            await Task.Delay(Look, time, cancellationToken);
        }
    }

    /// <summary>What was seen so far of a drill that goes on, or in all of one that is over.</summary>
    public DrillFindings FindingsOf(Drill drill) => drill.Findings ?? (_watching.TryGetValue(drill.Id, out Watching? watching) ? watching.Findings : new DrillFindings { Partial = true });

    private async Task<Drill> EndAsync(Drill drill, string? by, CancellationToken cancellationToken)
    {
        See(drill);
        Drill ended = drill with { EndedAt = time.GetUtcNow(), EndedBy = by, Findings = FindingsOf(drill) };
        DocumentKey key = new(Kinds.Drill, drill.Id);
        await store.CommitAsync(new StoreTransaction { Writes = [PlacementState.Put(Kinds.Drill, key.Key, ended)] }, cancellationToken);
        _watching.TryRemove(drill.Id, out _);
        return ended;
    }

    private void See(Drill drill)
    {
        if (!_watching.TryGetValue(drill.Id, out Watching? watching))
            _watching[drill.Id] = watching = Watching.Begin(drill, Lost(drill), time.GetTimestamp() - (long)((time.GetUtcNow() - drill.StartedAt).TotalSeconds * time.TimestampFrequency), partial: true);
        watching.See(new PlacementState(store.Current), new ObservedWorld(health.Current), time.GetElapsedTime(watching.Since).TotalSeconds);
    }

    // The workloads with ready replicas in the cluster, and how many.
    private Dictionary<WorkloadKey, int> Lost(Drill drill) => new ObservedWorld(health.Current).Replicas
        .Where(replica => replica.Cluster == drill.Cluster && replica.State == ReplicaState.Ready).CountBy(static replica => replica.Workload).ToDictionary();

    private sealed class Watching(ClusterId cluster, IReadOnlyDictionary<WorkloadKey, int> lost, long since)
    {
        public long Since { get; } = since;

        public DrillFindings Findings { get; private set; } = new();

        public static Watching Begin(Drill drill, Dictionary<WorkloadKey, int> lost, long since, bool partial) =>
            new(drill.Cluster, lost, since) { Findings = new DrillFindings { ReplicasLost = lost.Values.Sum(), Partial = partial } };

        public void See(PlacementState state, ObservedWorld observed, double seconds)
        {
            (long cpu, long memory) = Overcommitted(state, observed);
            string[] stranded = [.. lost.Keys.Order().Select(key => state.Binding(key)).OfType<Binding>().Where(static binding => binding.Stranded is not null)
                .Select(static binding => $"{binding.Workload}: {binding.Stranded}")];
            bool detected = observed.Verdict(cluster, null) is { } verdict && verdict.State.IsLost();
            Findings = Findings with
            {
                DetectedAfterSeconds = Findings.DetectedAfterSeconds ?? (detected ? Math.Round(seconds, 2) : null),
                ReplacedAfterSeconds = Findings.ReplacedAfterSeconds ?? (detected && Replaced(state, observed) ? Math.Round(seconds, 2) : null),
                MostOvercommittedCpuMillis = Math.Max(Findings.MostOvercommittedCpuMillis, cpu),
                MostOvercommittedMemoryBytes = Math.Max(Findings.MostOvercommittedMemoryBytes, memory),
                Stranded = stranded.Length > 0 ? [.. Findings.Stranded.Union(stranded)] : Findings.Stranded,
            };
        }

        private bool Replaced(PlacementState state, ObservedWorld observed) => lost.Keys.All(key =>
            state.Workload(key) is not { } workload || state.Binding(key)?.Stranded is not null
            || observed.ReplicasOf(key).Count(replica => replica.Cluster != cluster && replica.State == ReplicaState.Ready) >= (workload.Spec.Replicas ?? 1));

        // What orders reserve on a node above what it may give. The cluster that is cut off takes no part: what was ordered there is ordered again elsewhere.
        private (long Cpu, long Memory) Overcommitted(PlacementState state, ObservedWorld observed)
        {
            var reserved = new Dictionary<NodeKey, ResourceAmount>();
            foreach (Assignment order in state.Assignments.Select(static placed => placed.Order))
            {
                if (order.State == AssignmentState.Withdrawn || order.NodeKey is not { } node || node.Cluster == cluster) continue;
                reserved[node] = reserved.GetValueOrDefault(node, ResourceAmount.Zero) + ((order.Template.Resources?.Reserved ?? ResourceAmount.Zero) * order.Replicas);
            }
            var (cpu, memory) = (0L, 0L);
            foreach (NodeObservation node in observed.Nodes)
            {
                if (!reserved.TryGetValue(new NodeKey(node.Cluster, node.Node), out ResourceAmount ordered)) continue;
                ResourceAmount free = node.Allocatable - node.Foreign;
                cpu = Math.Max(cpu, ordered.Cpu.Value - free.Cpu.Value);
                memory = Math.Max(memory, ordered.Memory.Value - free.Memory.Value);
            }
            return (cpu, memory);
        }
    }
}
