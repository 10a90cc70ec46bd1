using Federation.Domain.Assignments;
using Federation.Domain.Bindings;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Rollouts;
using Federation.Domain.Workloads;
using Federation.Placement.Dispatching;

namespace Federation.Placement.Tests.Rollouts;

/// <summary>A workload on several targets whose agents obey at their own pace, as one seed has it: the rules' steps are carried out until nothing is left to do.</summary>
internal sealed class RolloutWorld
{
    private static readonly WorkloadKey Key = WorkloadKey.Parse("acme/default/web");
    private readonly Random _random;
    private readonly SortedDictionary<AssignmentId, PlacedAssignment> _orders = [];
    private readonly Dictionary<AssignmentId, long> _applied = [];
    private readonly List<ReplicaObservation> _replicas = [];
    private readonly Binding _binding;
    private readonly HashSet<string> _done = [];
    private long _revision = 10;
    private int _made;

    public RolloutWorld(int seed, UpdateStrategy update, params (string Cluster, int Replicas)[] shares)
    {
        _random = new Random(seed);
        Update = update;
        _binding = new Binding
        {
            Workload = Key,
            WorkloadUid = "u",
            Generation = 1,
            Shares = [.. shares.Select(share => new BindingShare(new(share.Cluster), new NodeId("n1"), share.Replicas))],
        };
        Desired = shares.Sum(share => share.Replicas);
        while (Step(Old, null)) { }
    }

    public static TemplateRevision Old { get; } = new("old");

    public static TemplateRevision New { get; } = new("new");

    public UpdateStrategy Update { get; }

    public int Desired { get; }

    public bool Paused { get; set; }

    public bool BetweenClusters { get; set; }

    public IReadOnlyDictionary<ClusterId, int>? Ranks { get; set; }

    /// <summary>Whether replicas of the new revision show that they answer.</summary>
    public bool NewIsGood { get; set; } = true;

    /// <summary>Clusters in the order in which they were first given the new revision.</summary>
    public List<string> Begun { get; } = [];

    public int Running => _replicas.Count;

    public int ReadyCount => _replicas.Count(replica => replica.State == ReplicaState.Ready);

    public int Of(TemplateRevision revision) => _replicas.Count(replica => replica.Revision == revision);

    public IEnumerable<Assignment> Orders => _orders.Values.Select(placed => placed.Order);

    public DispatchDecision Last { get; private set; } = new([], [], false);

    /// <summary>One step of the rules and one of some agents; false if nothing is left to do.</summary>
    public bool Step(TemplateRevision revision, RolloutVersion? fallback)
    {
        Last = DispatchRules.Compute(new DispatchInput
        {
            Key = Key,
            Uid = "u",
            Generation = 1,
            Spec = new WorkloadSpec { Update = Update },
            Revision = revision,
            Fallback = fallback,
            Proven = NewIsGood ? [.. _replicas.Where(r => r.Revision == New && r.State == ReplicaState.Ready).Select(r => r.Assignment)] : new HashSet<AssignmentId>(),
            Paused = Paused,
            ClusterRanks = Ranks,
            ClustersDone = _done,
            BetweenClusters = BetweenClusters,
            Binding = _binding,
            Assignments = [.. _orders.Values],
            Targets = [.. _binding.Shares.Select(View)],
            Term = 1,
        });
        foreach (Assignment order in Last.Upserts)
        {
            if (order.Revision == New && !Begun.Contains(order.Cluster.Value)) Begun.Add(order.Cluster.Value);
            _orders[order.Id] = new(order, ++_revision);
        }
        bool moved = false;
        if (revision == New && fallback is not null) moved = Last.ClustersDone.Count(cluster => _done.Add(cluster.Value)) > 0;
        moved |= Last.Upserts.Count > 0;
        foreach (AssignmentId id in _orders.Keys.ToArray())
        {
            bool pending = _applied.GetValueOrDefault(id) < _orders[id].Revision || !Obeyed(_orders[id].Order);
            if (!pending) continue;
            moved = true;
            if (_random.Next(2) == 0) Obey(_orders[id]);
        }
        return moved;
    }

    private TargetView View(BindingShare share) => new()
    {
        Cluster = share.Cluster,
        Node = share.Node,
        Verdict = new Verdict { Cluster = share.Cluster, Node = share.Node, State = VerdictState.Ready, Revision = 1, Reason = "test" },
        AppliedRevision = _applied.GetValueOrDefault(DispatchRules.IdOf("u", share.Cluster, share.Node)),
        Replicas = [.. _replicas.Where(replica => replica.Cluster == share.Cluster)],
    };

    private bool Obeyed(Assignment order) => Next(order) is null;

    // The agent's rules, written once more: start within the surge, give up within what may be unavailable, and on trial nothing for the new one.
    private Action? Next(Assignment order)
    {
        ReplicaObservation[] mine = [.. _replicas.Where(replica => replica.Assignment == order.Id)];
        ReplicaObservation[] older = [.. mine.Where(replica => replica.Revision != order.Revision)];
        if (mine.FirstOrDefault(replica => replica.State == ReplicaState.Starting) is { } starting)
            return () => _replicas[_replicas.IndexOf(starting)] = starting with { State = ReplicaState.Ready };
        bool replacing = older.Length > 0 && order.Surge + order.MayBeUnavailable > 0;
        int standing = mine.Count(replica => !order.Trial || replica.Revision != order.Revision);
        if (replacing && standing > order.Replicas - order.MayBeUnavailable) return () => _replicas.Remove(older[0]);
        if (mine.Length - older.Length < order.Replicas && mine.Length < order.Replicas + (replacing ? order.Surge : 0)) return () => Start(order);
        return null;
    }

    private void Obey(PlacedAssignment placed)
    {
        _applied[placed.Order.Id] = placed.Revision;
        Next(placed.Order)?.Invoke();
    }

    private void Start(Assignment order) => _replicas.Add(new ReplicaObservation
    {
        Id = new($"r-{++_made:D4}"),
        Assignment = order.Id,
        Workload = Key,
        Cluster = order.Cluster,
        Node = order.Node,
        Revision = order.Revision,
        State = ReplicaState.Starting,
    });
}
