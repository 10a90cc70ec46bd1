using System.Globalization;
using System.Text.Json;
using Federation.Domain.Assignments;
using Federation.Domain.Clusters;
using Federation.Domain.Identifiers;
using Federation.Domain.Json;
using Federation.Domain.Policies;
using Federation.Domain.Resources;
using Federation.Domain.Volumes;
using Federation.Domain.Workloads;
using Federation.Placement.Api;
using Federation.Placement.Documents;
using Federation.Placement.Planning;
using Federation.Storage;
using Route = Federation.Domain.Routing.Route;

namespace Federation.Placement.Recoveries;

/// <summary>
/// Brings a store that was restored, or made anew, together with what nodes hold. Pure. A node's own orders are the truth about that node: what it obeys
/// of a workload that the store knows takes the place of what the store believes; what is newer there is taken over; what the store does not
/// know is taken over too if that is asked for, and otherwise left to run, and told. Nothing that a node holds is withdrawn by any of it.
/// </summary>
public static class RecoveryRules
{
    // What others refer to comes first.
    private static readonly string[] Order = [Kinds.Cluster, Kinds.PlacementPolicy, Kinds.Volume, Kinds.Workload, Kinds.Route, Kinds.Rollout];

    /// <summary>Computes what is to be done.</summary>
    /// <param name="state">The store.</param>
    /// <param name="orders">What nodes hold and is not decided yet.</param>
    /// <param name="documents">What they were told of the declarations behind their orders.</param>
    /// <param name="reported">The nodes that have said everything that they hold.</param>
    /// <param name="adopt">Whether what the store does not know is taken over.</param>
    /// <param name="late">
    /// Whether the plane decides already: the store then is right about what it knows, and an order of a node that was dark until now is treated like
    /// that of a cluster that returns, which ends only when its replacements are ready.
    /// </param>
    /// <param name="term">The store's term.</param>
    /// <param name="now">The time, for people.</param>
    public static RecoveryPlan Compute(
        PlacementState state, IReadOnlyList<HeldOrder> orders, IReadOnlyList<HeldDocument> documents, IReadOnlySet<NodeKey> reported, bool adopt, bool late, long term, DateTimeOffset now)
    {
        var step = new Step(state, adopt, late, term, now);
        foreach (HeldDocument document in documents.OrderBy(static one => Array.IndexOf(Order, one.Kind)).ThenBy(static one => one.Key, StringComparer.Ordinal)) step.Take(document);
        foreach (IGrouping<string, HeldOrder> ofWorkload in orders.GroupBy(static held => held.Order.WorkloadUid).OrderBy(static group => group.Key, StringComparer.Ordinal)) step.Take([.. ofWorkload]);
        if (!late) step.Forget(orders, reported);
        return step.Plan();
    }

    private sealed class Step(PlacementState state, bool adopt, bool late, long term, DateTimeOffset now)
    {
        private readonly SortedDictionary<DocumentKey, StoreWrite> _writes = [];
        private readonly Dictionary<string, string> _workloads = state.Workloads.ToDictionary(static workload => workload.Metadata.Uid!, static workload => WorkloadResolver.KeyOf(workload).ToString(), StringComparer.Ordinal);
        private readonly HashSet<string> _before = [.. state.Workloads.Select(static workload => workload.Metadata.Uid!)];
        private readonly HashSet<string> _keys = [.. state.Workloads.Select(static workload => WorkloadResolver.KeyOf(workload).ToString())];
        private readonly List<string> _rebuilt = [];
        private readonly List<string> _beyond = [];
        private readonly List<string> _lost = [];

        public RecoveryPlan Plan() => new([.. _writes.Values], _rebuilt, _beyond, _lost);

        public void Take(HeldDocument held)
        {
            string name = $"{held.Kind} {held.Key}";
            if (held.Kind == Kinds.Rollout)
            {
                // Its workload's own: it comes and goes with it, and one that the store has is at least as good.
                if (held.Uid is not { } uid || _workloads.GetValueOrDefault(uid) != held.Key) return;
                if (state.RevisionOf(held.Kind, held.Key) == 0) Put(held);
                Decided(held);
                return;
            }
            if (Present(held) is not { } present)
            {
                if (!adopt)
                {
                    _beyond.Add($"{name}, which the store does not know");
                    return;
                }
                if (Put(held)) _rebuilt.Add(name);
                Decided(held);
                return;
            }
            Decided(held);
            if (present.Uid != held.Uid)
            {
                // The clusters that a person registered while the plane was down stand for those of before.
                if (held.Kind != Kinds.Cluster) _beyond.Add($"{name} is another one of that name than the store's");
            }
            else if (!late && held.Generation > present.Generation && Put(held))
            {
                _rebuilt.Add(string.Create(CultureInfo.InvariantCulture, $"{name}, generation {held.Generation}; the store had {present.Generation}"));
            }
        }

        public void Take(HeldOrder[] held)
        {
            string uid = held[0].Order.WorkloadUid;
            WorkloadKey key = held[0].Order.Workload;
            if (!_workloads.ContainsKey(uid))
            {
                int replicas = held.Where(static one => one.Order.State is AssignmentState.Active or AssignmentState.Moving).Sum(static one => one.Order.Replicas);
                if (!adopt || _keys.Contains(key.ToString()))
                {
                    string why = _keys.Contains(key.ToString()) ? "the store has another workload of that name" : "the store does not know it";
                    _beyond.Add(string.Create(CultureInfo.InvariantCulture, $"Workload {key}: {replicas} replicas on {string.Join(", ", held.Select(static one => one.Node.ToString()).Order(StringComparer.Ordinal))} ({why})"));
                    return;
                }
                Declare(key, held.MaxBy(static one => one.Order.Generation)!.Order, replicas);
            }
            foreach (HeldOrder one in held)
            {
                Assignment? present = state.Find<Assignment>(Kinds.Assignment, one.Order.Id.Value);
                bool returns = late && _before.Contains(uid);
                if (present is null ? true : !returns && Differs(present, one.Order))
                    Put(new(Kinds.Assignment, one.Order.Id.Value), PlacementState.Put(Kinds.Assignment, one.Order.Id.Value, (returns ? Returning(one.Order) : one.Order) with { Term = term }));
                Put(new(Kinds.HeldOrder, one.Order.Id.Value), StoreWrite.Delete(new(Kinds.HeldOrder, one.Order.Id.Value)));
            }
        }

        // What the store believes a node to do and the node does not hold was ended, or moved away, after the copy was taken.
        public void Forget(IReadOnlyList<HeldOrder> orders, IReadOnlySet<NodeKey> reported)
        {
            var held = orders.Select(static one => one.Order.Id).ToHashSet();
            foreach (Assignment order in state.Assignments.Select(static placed => placed.Order))
            {
                if (reported.Any(order.IsFor) && !held.Contains(order.Id))
                    Put(new(Kinds.Assignment, order.Id.Value), StoreWrite.Delete(new(Kinds.Assignment, order.Id.Value)));
            }
        }

        // Only its orders are left of it: how many, and what they run. The rest of what was declared is lost, and said.
        private void Declare(WorkloadKey key, Assignment newest, int replicas)
        {
            var workload = new Workload
            {
                Metadata = new ResourceMetadata
                {
                    Name = key.Name,
                    Tenant = key.Tenant,
                    Namespace = key.Namespace,
                    Uid = newest.WorkloadUid,
                    Generation = newest.Generation,
                    CreatedAt = now,
                },
                Spec = new WorkloadSpec { Replicas = replicas, Singleton = newest.Singleton, Template = newest.Template },
            };
            Put(new(Kinds.Workload, key.ToString()), PlacementState.Put(Kinds.Workload, key.ToString(), workload));
            _workloads[newest.WorkloadUid] = key.ToString();
            _keys.Add(key.ToString());
            _rebuilt.Add(string.Create(CultureInfo.InvariantCulture, $"Workload {key}, from its orders alone: {replicas} replicas"));
            _lost.Add($"labels, placement and update rules of Workload {key}: no node kept its declaration; apply it again");
        }

        // Looked at once: what is deleted later must not come back by it.
        private void Decided(HeldDocument held) => Put(new(Kinds.HeldDocument, held.KeptAs), StoreWrite.Delete(new(Kinds.HeldDocument, held.KeptAs)));

        private bool Put(HeldDocument held)
        {
            DocumentKey key = new(held.Kind, held.Key);
            switch (held.Kind)
            {
                case Kinds.Workload:
                    _workloads[held.Uid!] = held.Key;
                    _keys.Add(held.Key);
                    break;
                case Kinds.Route when !Claim(held):
                    return false;
            }
            Put(key, new StoreWrite(key, JsonSerializer.SerializeToUtf8Bytes(held.Content, DomainJson.Options)));
            return true;
        }

        private bool Claim(HeldDocument held)
        {
            Route route = held.Content.Deserialize<Route>(DomainJson.Options)!;
            DocumentKey claim = RouteRules.ClaimOf(route.Spec);
            if (state.Find<RouteRules.RouteClaim>(claim.Kind, claim.Key) is { } holder && holder.Route != held.Key)
            {
                _lost.Add($"Route {held.Key}: host {route.Spec.Host} with path {route.Spec.Path} is claimed by {holder.Route} now");
                return false;
            }
            if (state.Find<Route>(Kinds.Route, held.Key) is { } before && RouteRules.ClaimOf(before.Spec) is var old && old != claim) Put(old, StoreWrite.Delete(old));
            Put(claim, PlacementState.Put(claim.Kind, claim.Key, new RouteRules.RouteClaim(held.Key)));
            return true;
        }

        private ResourceMetadata? Present(HeldDocument held) => held.Kind switch
        {
            Kinds.Cluster => state.Find<Cluster>(held.Kind, held.Key)?.Metadata,
            Kinds.PlacementPolicy => state.Find<PlacementPolicy>(held.Kind, held.Key)?.Metadata,
            Kinds.Volume => state.Find<Volume>(held.Kind, held.Key)?.Metadata,
            Kinds.Workload => state.Find<Workload>(held.Kind, held.Key)?.Metadata,
            Kinds.Route => state.Find<Route>(held.Kind, held.Key)?.Metadata,
            _ => throw new ArgumentException($"no node keeps a {held.Kind}", nameof(held)),
        };

        private void Put(DocumentKey key, StoreWrite write) => _writes[key] = write;

        private static Assignment Returning(Assignment order) => order.State == AssignmentState.Withdrawn
            ? order
            : order with { State = AssignmentState.Unreachable, Surge = 0, MayBeUnavailable = 0, Trial = false, VerdictRevision = null, Reason = "its node was dark while the plane was recovered" };

        private static bool Differs(Assignment a, Assignment b) =>
            !JsonSerializer.SerializeToUtf8Bytes(a with { Term = 0 }, DomainJson.Options).AsSpan().SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(b with { Term = 0 }, DomainJson.Options));
    }
}
