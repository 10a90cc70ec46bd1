using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Federation.Contracts.V1;
using Federation.Domain.Assignments;
using Federation.Domain.Drills;
using Federation.Domain.Identifiers;
using Federation.Domain.Json;
using Federation.Grpc.Streams;
using Federation.Placement.Documents;
using Federation.Placement.Recoveries;
using Federation.Reconciliation;
using Federation.Storage;
using Google.Protobuf;

namespace Federation.Placement.Agents;

/// <summary>
/// One agent's stream of orders: the full set of its node, or of its cluster where that schedules for itself, then every change in the order of
/// revisions. The node is the one that the caller's certificate names; no order of another node ever enters the stream.
/// </summary>
/// <param name="node">The agent's node.</param>
/// <param name="certificate">The agent's certificate, to which its material is sealed.</param>
/// <param name="store">Placement's store.</param>
/// <param name="sealer">Gets sealed material.</param>
/// <param name="time">The clock of the pauses.</param>
/// <param name="recoveries">Takes what the node holds, where the store was restored or made anew; null where it never is.</param>
public sealed class AssignmentSession(
    NodeKey node, ReadOnlyMemory<byte> certificate, IStore store, IMaterialSealer sealer, TimeProvider time, RecoveryDesk? recoveries = null)
{
    /// <summary>The least time between two keepsakes of one node.</summary>
    public static readonly TimeSpan KeepsakePause = TimeSpan.FromSeconds(5);

    private static readonly string[] OrderKinds = [Kinds.Assignment, Kinds.HeldOrder, Kinds.Drill];

    private static readonly Backoff SealPause = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(3));

    private readonly SemaphoreSlim _sending = new(1);
    private readonly Dictionary<string, WorkloadKey> _orders = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _fullSent = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Serves the stream until the agent leaves or the token is cancelled.</summary>
    /// <exception cref="StaleLeaderException">The agent has obeyed a higher term: this process no longer leads.</exception>
    /// <exception cref="StreamBrokenException">The connection is lost, or the agent breaks the protocol.</exception>
    public async Task RunAsync(IMessageStream<PlacementMessage, AgentMessage> stream, CancellationToken cancellationToken)
    {
        (bool received, AgentMessage first) = await stream.ReceiveAsync(cancellationToken);
        if (!received) return;
        if (first.MessageCase != AgentMessage.MessageOneofCase.Hello) throw new StreamBrokenException("the agent's first message must be its hello");
        if (recoveries?.Asks(node) == true) await TakeInventoryAsync(stream, first.Hello, cancellationToken);
        if (first.Hello.KnownTerm > store.Term) throw new StaleLeaderException(store.Term, first.Hello.KnownTerm);

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task sending = SendOrdersAsync(stream, ending.Token);
        Task receiving = ReceiveUntilEndAsync(stream, ending.Token);
        Task keeping = recoveries is not null && first.Hello.Keeps ? SendKeepsakesAsync(stream, ending.Token) : Task.CompletedTask;
        Task ended = await Task.WhenAny(sending, receiving);
        ending.Cancel();
        await Task.WhenAny(Task.WhenAll(sending, receiving, keeping));
        if (ended.IsFaulted || !cancellationToken.IsCancellationRequested) await ended;
    }

    // Before it is told anything: what it holds may be newer than the store, and a set that does not list it would end it.
    private async Task TakeInventoryAsync(IMessageStream<PlacementMessage, AgentMessage> stream, AgentHello hello, CancellationToken cancellationToken)
    {
        var inventory = new AgentInventory();
        if (hello.KnownTerm > 0)
        {
            if (!hello.Keeps) throw new StreamBrokenException($"the agent of {node} has obeyed orders before, and is too old to say which: the plane was recovered, so update the agent");
            await stream.SendAsync(new PlacementMessage { InventoryRequest = new InventoryRequest() }, cancellationToken);
            (bool received, AgentMessage answer) = await stream.ReceiveAsync(cancellationToken);
            if (!received || answer.MessageCase != AgentMessage.MessageOneofCase.Inventory) throw new StreamBrokenException("the agent did not say what it holds");
            inventory = answer.Inventory;
        }
        await recoveries!.TakeAsync(node, inventory, cancellationToken);
    }

    private async Task SendAsync(IMessageStream<PlacementMessage, AgentMessage> stream, PlacementMessage message, CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken);
        try
        {
            await stream.SendAsync(message, cancellationToken);
        }
        finally
        {
            _sending.Release();
        }
    }

    // What the agent needs for a recovery, when its orders or what stands behind them have changed; seldom, since it is whole each time.
    private async Task SendKeepsakesAsync(IMessageStream<PlacementMessage, AgentMessage> stream, CancellationToken cancellationToken)
    {
        // Before all its orders are known a keepsake would be a part, and take the place of a whole one.
        await _fullSent.Task.WaitAsync(cancellationToken);
        byte[]? told = null;
        await foreach (StoreWatchBatch batch in store.WatchAsync(null, [Kinds.Assignment, .. Keepsakes.KeptKinds], cancellationToken))
        {
            HashSet<WorkloadKey> workloads;
            lock (_gate) workloads = [.. _orders.Values];
            if (batch is StoreWatchBatch.Changes changes && !changes.Items.Any(change => change.Key.Kind == Kinds.Assignment
                ? change.Key.Key.EndsWith($".{node.Cluster}.{node.Node}", StringComparison.Ordinal) || change.Key.Key.EndsWith($".{node.Cluster}", StringComparison.Ordinal)
                : Keepsakes.Concerns(change, node, workloads))) continue;
            // The orders of this batch reach the agent meanwhile, and what changes again in the next seconds goes along.
            await Task.Delay(KeepsakePause, time, cancellationToken);
            lock (_gate) workloads = [.. _orders.Values];
            Keepsake keepsake = Keepsakes.Of(store.Current, node, workloads);
            byte[] digest = SHA256.HashData(keepsake.ToByteArray());
            if (told is not null && digest.AsSpan().SequenceEqual(told)) continue;
            await SendAsync(stream, new PlacementMessage { Keepsake = keepsake }, cancellationToken);
            told = digest;
        }
    }

    private async Task SendOrdersAsync(IMessageStream<PlacementMessage, AgentMessage> stream, CancellationToken cancellationToken)
    {
        if (recoveries is not null) await recoveries.UntilDecidingAsync(cancellationToken);
        await foreach (StoreWatchBatch batch in store.WatchAsync(null, recoveries is null ? [Kinds.Assignment] : OrderKinds, cancellationToken))
        {
            PlacementMessage? message = batch switch
            {
                StoreWatchBatch.Relist relist => new() { Full = await FullAsync(relist.Snapshot, cancellationToken) },
                StoreWatchBatch.Changes changes => await DeltaAsync(changes, cancellationToken) is { } delta ? new() { Delta = delta } : null,
                _ => null,
            };
            if (message is not null) await SendAsync(stream, message, cancellationToken);
            if (batch is StoreWatchBatch.Relist) _fullSent.TrySetResult();
        }
    }

    // Acknowledgements carry no decision: what an agent obeys is seen in its observations. Reading them notices its leaving.
    private static async Task ReceiveUntilEndAsync(IMessageStream<PlacementMessage, AgentMessage> stream, CancellationToken cancellationToken)
    {
        while ((await stream.ReceiveAsync(cancellationToken)).Received) { }
    }

    private async Task<AssignmentFullSet> FullAsync(IStoreSnapshot snapshot, CancellationToken cancellationToken)
    {
        var full = new AssignmentFullSet { Term = store.Term, Revision = snapshot.Revision };
        var digest = new StringBuilder();
        foreach (Assignment order in Orders(snapshot))
        {
            Note(order.Id, order.Workload);
            full.Assignments.Add(await OrderAsync(order, cancellationToken));
            digest.Append(order.Id.Value).Append(' ').Append(order.Generation).Append('\n');
        }
        full.Count = full.Assignments.Count;
        full.Digest = ByteString.CopyFrom(SHA256.HashData(Encoding.UTF8.GetBytes(digest.ToString())));
        return full;
    }

    // Orders that nobody has decided about stand as the agent has them: it goes on with them.
    private IEnumerable<Assignment> Orders(IStoreSnapshot snapshot)
    {
        IEnumerable<Assignment> own = snapshot.List(Kinds.Assignment).Select(PlacementState.Read<Assignment>).Where(IsOwn);
        Assignment[] held = recoveries is null ? [] : [.. snapshot.List(Kinds.HeldOrder).Select(PlacementState.Read<HeldOrder>).Where(one => one.Node == node).Select(static one => one.Order)];
        return held.Length == 0 ? own : own.Concat(held).DistinctBy(static order => order.Id).OrderBy(static order => order.Id.Value, StringComparer.Ordinal);
    }

    private bool IsOwn(Assignment order) => order.IsFor(node);

    private void Note(AssignmentId id, WorkloadKey? workload)
    {
        lock (_gate)
        {
            if (workload is { } key) _orders[id.Value] = key;
            else _orders.Remove(id.Value);
        }
    }

    private async Task<AssignmentDelta?> DeltaAsync(StoreWatchBatch.Changes changes, CancellationToken cancellationToken)
    {
        var delta = new AssignmentDelta { Term = store.Term, Revision = changes.Revision };
        foreach (StoreChange change in changes.Items)
        {
            if (change.Key.Kind == Kinds.Drill)
            {
                if (change.Document is { } begun && PlacementState.Read<Drill>(begun) is { EndedAt: null } drill && drill.Cluster == node.Cluster)
                    throw new StreamBrokenException("the cluster is cut off by a drill");
                continue;
            }
            if (change.Key.Kind == Kinds.HeldOrder)
            {
                // Decided about: as an order of the store's own, which comes with the same change, or as one that ends.
                if (change.Document is null && change.Previous is { } decided && PlacementState.Read<HeldOrder>(decided).Node == node
                    && store.Current.Get(new(Kinds.Assignment, change.Key.Key)) is null) delta.Removals.Add(change.Key.Key);
                continue;
            }
            if (change.Document is { } document)
            {
                Assignment order = PlacementState.Read<Assignment>(document);
                if (!IsOwn(order)) continue;
                Note(order.Id, order.Workload);
                delta.Upserts.Add(await OrderAsync(order, cancellationToken));
            }
            else if (change.Previous is { } previous && IsOwn(PlacementState.Read<Assignment>(previous)))
            {
                Note(new(change.Key.Key), null);
                delta.Removals.Add(change.Key.Key);
            }
        }
        return delta.Upserts.Count + delta.Removals.Count > 0 ? delta : null;
    }

    private async Task<AssignmentOrder> OrderAsync(Assignment order, CancellationToken cancellationToken)
    {
        var message = new AssignmentOrder
        {
            Id = order.Id.Value,
            AssignmentJson = ByteString.CopyFrom(JsonSerializer.SerializeToUtf8Bytes(order, DomainJson.Options)),
        };
        bool needsMaterial = order.State != AssignmentState.Withdrawn
            && order.Template.Configs is { Count: > 0 } | order.Template.Secrets is { Count: > 0 };
        for (int failures = 1; needsMaterial; failures++)
        {
            try
            {
                message.Material.AddRange(await sealer.SealAsync(order, certificate, cancellationToken));
                break;
            }
            catch (MaterialUnavailableException) when (recoveries?.Holds(order) == true)
            {
                // Lost with SecretStore, or not there now: the agent holds this very version.
                message.MaterialHeld = true;
                break;
            }
            catch (MaterialUnavailableException)
            {
                // The agent goes on with what it has; an order without its material would start a program without its settings.
                await Task.Delay(SealPause.Pause(failures), time, cancellationToken);
            }
        }
        return message;
    }
}
