using System.Text.Json;
using System.Text.Json.Nodes;
using Federation.Contracts.Api;
using Federation.Contracts.V1;
using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;
using Federation.Domain.Json;
using Federation.Domain.Recoveries;
using Federation.Domain.SecretMaterial;
using Federation.Domain.Workloads;
using Federation.Feeds;
using Federation.Grpc.Streams;
using Federation.Placement.Documents;
using Federation.Placement.Loops;
using Federation.Storage;
using Route = Federation.Domain.Routing.Route;

namespace Federation.Placement.Recoveries;

/// <summary>
/// Leads a recovery: takes what nodes hold, shows what would come of it, and ends it. Each node is asked once in the life of this store, also
/// long after the recovery was finished: one that was dark then holds orders that the store did not give either.
/// </summary>
/// <param name="store">Placement's store.</param>
/// <param name="material">SecretStore's feed.</param>
/// <param name="time">The clock, for people.</param>
public sealed class RecoveryDesk(IStore store, Func<FeedView> material, TimeProvider time)
{
    // More than any node is ahead of the one that reported first.
    private const long Margin = 1 << 20;

    private readonly DecisionTurn _turn = DecisionTurn.Of(store);

    /// <summary>Whether the node is to say what it holds before it is told anything.</summary>
    public bool Asks(NodeKey node) => new PlacementState(store.Current) is { Recovery: not null } state && state.Find<Inventory>(Kinds.Inventory, node.ToString()) is null;

    /// <summary>Whether the agent that carries this order out said that it holds its configs and secrets.</summary>
    public bool Holds(Assignment order) =>
        new PlacementState(store.Current).All<Inventory>(Kinds.Inventory).Any(inventory => order.IsFor(inventory.Node) && inventory.Material.GetValueOrDefault(order.Id.Value) == order.Revision);

    /// <summary>Takes over what a node holds: durable before it returns.</summary>
    /// <exception cref="StreamBrokenException">The inventory is not understood, or is of another node.</exception>
    public async Task TakeAsync(NodeKey node, AgentInventory inventory, CancellationToken cancellationToken)
    {
        HeldOrder[] orders = [.. inventory.Assignments.Select(order => Read(node, order))];
        HeldDocument[] documents = [.. inventory.Documents.Select(document => Read(node, document, orders)).OfType<HeldDocument>()];
        var material = inventory.Assignments.Where(static order => order.Material.Count > 0)
            .ToDictionary(static order => order.Id, order => orders.First(held => held.Order.Id.Value == order.Id).Order.Revision, StringComparer.Ordinal);
        await _turn.TakeAsync(async () =>
        {
            if (inventory.Term >= store.Term || inventory.Revision >= store.Current.Revision)
                await store.RaiseAsync(inventory.Term + Margin, inventory.Revision + Margin, cancellationToken);
            var state = new PlacementState(store.Current);
            var writes = new List<StoreWrite>
            {
                PlacementState.Put(Kinds.Inventory, node.ToString(), new Inventory(node, time.GetUtcNow(), inventory.Term, inventory.Revision, orders.Length, material)),
            };
            writes.AddRange(orders.Select(held => PlacementState.Put(Kinds.HeldOrder, held.Order.Id.Value, held)));
            foreach (HeldDocument held in documents)
            {
                // Of several nodes the one that was told last is right.
                if (state.Find<HeldDocument>(Kinds.HeldDocument, held.KeptAs) is not { } other || other.Uid != held.Uid || other.Generation < held.Generation)
                    writes.Add(PlacementState.Put(Kinds.HeldDocument, held.KeptAs, held));
            }
            await store.CommitAsync(new StoreTransaction { Writes = writes }, cancellationToken);
            await AfterReportAsync(cancellationToken);
            return true;
        });
    }

    /// <summary>Returns when the plane decides again.</summary>
    public async Task UntilDecidingAsync(CancellationToken cancellationToken)
    {
        if (new PlacementState(store.Current).Decides) return;
        await foreach (StoreWatchBatch _ in store.WatchAsync(null, [Kinds.Recovery], cancellationToken))
            if (new PlacementState(store.Current).Decides) return;
    }

    /// <summary>How far the recovery is, and what it comes to.</summary>
    public RecoveryView View()
    {
        var state = new PlacementState(store.Current);
        if (state.Recovery is not { } recovery) return new("None", null, null, null, null, [], [], [], [], [], []);
        HashSet<NodeKey> reported = Reported(state);
        RecoveryPlan plan = Plan(state, reported, recovery.Adopt);
        string[] orders = [.. state.All<HeldOrder>(Kinds.HeldOrder).Select(static held => $"{held.Order.Workload.Tenant}/{held.Order.Workload.Namespace}")
            .Concat(state.Workloads.Select(static workload => $"{workload.Metadata.Tenant}/{workload.Metadata.Namespace}")).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        bool finished = recovery.FinishedAt is not null;
        return new(
            finished ? "Finished" : "Collecting", recovery.Origin.ToString(), recovery.StartedAt, recovery.TakenAt, recovery.FinishedAt,
            [.. reported.Order().Select(static node => node.ToString())],
            [.. recovery.Awaited.Where(node => !reported.Contains(node)).Select(static node => node.ToString())],
            plan.Rebuilt, plan.Beyond,
            [.. recovery.Lost.Concat(plan.Lost).Concat(LostMaterial(state)).Distinct(StringComparer.Ordinal)],
            orders);
    }

    /// <summary>Ends the recovery: what was collected is taken over, and the plane decides again. With <paramref name="adopt"/> what was left alone is taken over as well, also later.</summary>
    /// <returns>What was done; null if there is nothing to end.</returns>
    public Task<RecoveryView?> FinishAsync(bool adopt, string by, CancellationToken cancellationToken) => _turn.TakeAsync(async () =>
    {
        if (new PlacementState(store.Current).Recovery is not { } recovery) return null;
        RecoveryPlan plan = await MergeAsync(recovery with { Adopt = recovery.Adopt || adopt }, by, cancellationToken);
        return View() with { Rebuilt = plan.Rebuilt, Beyond = plan.Beyond };
    });

    private async Task AfterReportAsync(CancellationToken cancellationToken)
    {
        var state = new PlacementState(store.Current);
        Recovery recovery = state.Recovery!;
        HashSet<NodeKey> reported = Reported(state);
        if (recovery.FinishedAt is not null)
        {
            // It was dark when the recovery ended.
            await MergeAsync(recovery, recovery.FinishedBy!, cancellationToken);
        }
        else if (recovery.Origin == RecoveryOrigin.Backup && recovery.Awaited.All(reported.Contains) && Plan(state, reported, adopt: false).Beyond.Count == 0)
        {
            // Everyone has spoken, and there is nothing that a person would have to decide.
            await MergeAsync(recovery, "placement", cancellationToken);
        }
    }

    private async Task<RecoveryPlan> MergeAsync(Recovery recovery, string by, CancellationToken cancellationToken)
    {
        var state = new PlacementState(store.Current);
        HashSet<NodeKey> reported = Reported(state);
        RecoveryPlan plan = Plan(state, reported, recovery.Adopt);
        Recovery finished = recovery with
        {
            FinishedAt = recovery.FinishedAt ?? time.GetUtcNow(),
            FinishedBy = recovery.FinishedBy ?? by,
            Lost = [.. recovery.Lost.Concat(plan.Lost).Distinct(StringComparer.Ordinal)],
        };
        await store.CommitAsync(new StoreTransaction
        {
            Writes = [.. plan.Writes, PlacementState.Put(Kinds.Recovery, Recovery.Key, finished)],
        }, cancellationToken);
        return plan;
    }

    private RecoveryPlan Plan(PlacementState state, HashSet<NodeKey> reported, bool adopt) => RecoveryRules.Compute(
        state, [.. state.All<HeldOrder>(Kinds.HeldOrder)], [.. state.All<HeldDocument>(Kinds.HeldDocument)], reported, adopt, late: state.Decides, store.Term, time.GetUtcNow());

    private static HashSet<NodeKey> Reported(PlacementState state) => [.. state.All<Inventory>(Kinds.Inventory).Select(static inventory => inventory.Node)];

    private IEnumerable<string> LostMaterial(PlacementState state)
    {
        FeedView view = material();
        if (!view.Known) return [];
        var lost = new SortedSet<string>(StringComparer.Ordinal);
        foreach (Assignment order in state.Assignments.Select(static placed => placed.Order).Concat(state.All<HeldOrder>(Kinds.HeldOrder).Select(static held => held.Order)))
        {
            if (order.State == AssignmentState.Withdrawn) continue;
            foreach ((string kind, FileReference reference) in (order.Template.Configs ?? []).Select(static one => ("Config", one)).Concat((order.Template.Secrets ?? []).Select(static one => ("Secret", one))))
            {
                string key = $"{order.Workload.Tenant}/{order.Workload.Namespace}/{reference.Name}";
                if (view.Find<MaterialStatus>(kind, key) is null) lost.Add($"{kind} {key}: what runs keeps its files; apply it again");
                else if (reference.Version > view.Find<MaterialStatus>(kind, key)!.Version) lost.Add($"version {reference.Version} of {kind} {key}: what runs keeps its files; apply it again");
            }
        }
        return lost;
    }

    private static HeldOrder Read(NodeKey node, AssignmentOrder order)
    {
        try
        {
            Assignment held = JsonSerializer.Deserialize<Assignment>(order.AssignmentJson.Span, DomainJson.Options) ?? throw new JsonException("it is empty");
            // An agent speaks for its own node alone, or for its cluster where that schedules for itself.
            if (!held.IsFor(node) || held.Id.Value != order.Id) throw new JsonException($"it is of {held.NodeKey?.ToString() ?? held.Cluster.Value}");
            return new(node, held);
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw new StreamBrokenException($"the order {order.Id} in the inventory of {node} is not understood: {e.Message}", e);
        }
    }

    // Only what belongs to its own orders: a node cannot bring in what it never ran.
    private static HeldDocument? Read(NodeKey node, KeptDocument document, HeldOrder[] orders)
    {
        try
        {
            JsonNode content = JsonNode.Parse(document.Json.Span) ?? throw new JsonException("it is empty");
            WorkloadKey[] mine = [.. orders.Select(static held => held.Order.Workload).Distinct()];
            bool belongs = document.Kind switch
            {
                Kinds.Cluster => document.Key == node.Cluster.Value,
                Kinds.Workload or Kinds.Rollout => mine.Any(key => key.ToString() == document.Key),
                Kinds.Route => document.Key.Split('/') is [var tenant, var room, _]
                    && mine.Contains(WorkloadKey.Parse($"{tenant}/{room}/{content.Deserialize<Route>(DomainJson.Options)!.Spec.Workload}")),
                Kinds.PlacementPolicy or Kinds.Volume => mine.Any(key => document.Key.StartsWith($"{key.Tenant}/{key.Namespace}/", StringComparison.Ordinal)),
                _ => false,
            };
            return belongs ? new HeldDocument(document.Kind, document.Key, node, content) : null;
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw new StreamBrokenException($"{document.Kind} {document.Key} in the inventory of {node} is not understood: {e.Message}", e);
        }
    }
}
