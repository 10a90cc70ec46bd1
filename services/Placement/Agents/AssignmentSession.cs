using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Federation.Contracts.V1;
using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;
using Federation.Domain.Json;
using Federation.Grpc.Streams;
using Federation.Placement.Documents;
using Federation.Reconciliation;
using Federation.Storage;
using Google.Protobuf;

namespace Federation.Placement.Agents;

/// <summary>
/// One agent's stream of orders: the full set of its node, then every change in the order of revisions. The node is the one that the
/// caller's certificate names; no order of another node ever enters the stream.
/// </summary>
/// <param name="node">The agent's node.</param>
/// <param name="certificate">The agent's certificate, to which its material is sealed.</param>
/// <param name="store">Placement's store.</param>
/// <param name="sealer">Gets sealed material.</param>
/// <param name="time">The clock of the pauses.</param>
public sealed class AssignmentSession(NodeKey node, ReadOnlyMemory<byte> certificate, IStore store, IMaterialSealer sealer, TimeProvider time)
{
    private static readonly Backoff SealPause = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(3));

    /// <summary>Serves the stream until the agent leaves or the token is cancelled.</summary>
    /// <exception cref="StaleLeaderException">The agent has obeyed a higher term: this process no longer leads.</exception>
    /// <exception cref="StreamBrokenException">The connection is lost, or the agent breaks the protocol.</exception>
    public async Task RunAsync(IMessageStream<PlacementMessage, AgentMessage> stream, CancellationToken cancellationToken)
    {
        (bool received, AgentMessage first) = await stream.ReceiveAsync(cancellationToken);
        if (!received) return;
        if (first.MessageCase != AgentMessage.MessageOneofCase.Hello) throw new StreamBrokenException("the agent's first message must be its hello");
        if (first.Hello.KnownTerm > store.Term) throw new StaleLeaderException(store.Term, first.Hello.KnownTerm);

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task sending = SendOrdersAsync(stream, ending.Token);
        Task receiving = ReceiveUntilEndAsync(stream, ending.Token);
        Task ended = await Task.WhenAny(sending, receiving);
        ending.Cancel();
        await Task.WhenAny(Task.WhenAll(sending, receiving));
        if (ended.IsFaulted || !cancellationToken.IsCancellationRequested) await ended;
    }

    private async Task SendOrdersAsync(IMessageStream<PlacementMessage, AgentMessage> stream, CancellationToken cancellationToken)
    {
        await foreach (StoreWatchBatch batch in store.WatchAsync(null, [Kinds.Assignment], cancellationToken))
        {
            PlacementMessage? message = batch switch
            {
                StoreWatchBatch.Relist relist => new() { Full = await FullAsync(relist.Snapshot, cancellationToken) },
                StoreWatchBatch.Changes changes => await DeltaAsync(changes, cancellationToken) is { } delta ? new() { Delta = delta } : null,
                _ => null,
            };
            if (message is not null) await stream.SendAsync(message, cancellationToken);
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
        foreach (StoredDocument document in snapshot.List(Kinds.Assignment))
        {
            Assignment order = PlacementState.Read<Assignment>(document);
            if (order.NodeKey != node) continue;
            full.Assignments.Add(await OrderAsync(order, cancellationToken));
            digest.Append(order.Id.Value).Append(' ').Append(order.Generation).Append('\n');
        }
        full.Count = full.Assignments.Count;
        full.Digest = ByteString.CopyFrom(SHA256.HashData(Encoding.UTF8.GetBytes(digest.ToString())));
        return full;
    }

    private async Task<AssignmentDelta?> DeltaAsync(StoreWatchBatch.Changes changes, CancellationToken cancellationToken)
    {
        var delta = new AssignmentDelta { Term = store.Term, Revision = changes.Revision };
        foreach (StoreChange change in changes.Items)
        {
            if (change.Document is { } document)
            {
                Assignment order = PlacementState.Read<Assignment>(document);
                if (order.NodeKey == node) delta.Upserts.Add(await OrderAsync(order, cancellationToken));
            }
            else if (change.Previous is { } previous && PlacementState.Read<Assignment>(previous).NodeKey == node)
            {
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
            catch (MaterialUnavailableException)
            {
                // The agent goes on with what it has; an order without its material would start a program without its settings.
                await Task.Delay(SealPause.Pause(failures), time, cancellationToken);
            }
        }
        return message;
    }
}
