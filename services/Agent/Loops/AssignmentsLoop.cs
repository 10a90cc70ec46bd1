using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Federation.Adapters;
using Federation.Contracts.V1;
using Federation.Domain.Assignments;
using Federation.Domain.Chance;
using Federation.Domain.Json;
using Federation.Grpc.Streams;

namespace Federation.Agent.Loops;

/// <summary>
/// Follows Placement's orders: the full set, then deltas, each taken over by the actuator before it is acknowledged. What is not listed
/// ends only by a full set whose count and digest match, or by a removal that names it.
/// </summary>
/// <param name="connector">Dials Placement.</param>
/// <param name="actuator">Carries the orders out; durable before it returns.</param>
/// <param name="knownTerm">The highest term that was obeyed before this start.</param>
/// <param name="confirmed">Called after a full set was taken over, with the monotonic timestamp from before it was asked for.</param>
/// <param name="instance">New for each start of this process.</param>
/// <param name="time">The clock.</param>
/// <param name="chance">Spreads reconnections.</param>
/// <param name="logger">Where losses of contact are told.</param>
/// <param name="holdings">What is told, and kept, for a recovery of the plane; null where nothing is.</param>
public sealed partial class AssignmentsLoop(
    IMessageConnector<AgentMessage, PlacementMessage> connector,
    IClusterActuator actuator,
    long knownTerm,
    Action<long> confirmed,
    string instance,
    TimeProvider time,
    IChance chance,
    ILogger logger,
    IHoldings? holdings = null)
{
    private readonly TimeProvider _time = time;
    private readonly ReconnectPause _pause = new(time, chance);
    private SortedDictionary<string, DesiredAssignment> _orders = new(StringComparer.Ordinal);
    private long _term = knownTerm;
    private CancellationTokenSource? _refresh;

    /// <summary>Whether a stream stands.</summary>
    public bool Connected { get; private set; }

    /// <summary>Asks for a full set anew: the present stream is given up and dialled again.</summary>
    public void Refresh()
    {
        try
        {
            _refresh?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The stream ended by itself in between: it is dialled again anyway.
        }
    }

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                using var refresh = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                _refresh = refresh;
                await FollowAsync(refresh.Token);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (OperationCanceledException)
            {
                // Asked to refresh: dialled again below.
            }
            catch (Exception e) when (e is IOException or StaleTermException or JsonException or FormatException)
            {
                if (_pause.First) LogLost(logger, e.Message);
            }
            finally
            {
                Connected = false;
                _refresh = null;
            }
            if (!await _pause.WaitAsync(cancellationToken)) return;
        }
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        long askedAt = _time.GetTimestamp();
        await using IMessageStream<AgentMessage, PlacementMessage> stream = await connector.ConnectAsync(cancellationToken);
        await stream.SendAsync(new AgentMessage { Hello = new AgentHello { AgentInstance = instance, KnownTerm = _term, Keeps = holdings is not null } }, cancellationToken);
        bool full = false;
        while (true)
        {
            (bool received, PlacementMessage message) = await stream.ReceiveAsync(cancellationToken);
            if (!received) return;
            long revision;
            switch (message.MessageCase)
            {
                case PlacementMessage.MessageOneofCase.Full:
                    await TakeFullAsync(message.Full, cancellationToken);
                    if (!full) confirmed(askedAt);
                    revision = message.Full.Revision;
                    full = true;
                    break;
                case PlacementMessage.MessageOneofCase.InventoryRequest when holdings is not null && !full:
                    // The plane was recovered: until it has heard what is held here, everything stays as it is.
                    LogInventory(logger, holdings.Term);
                    await stream.SendAsync(new AgentMessage { Inventory = holdings.Tell() }, cancellationToken);
                    continue;
                case PlacementMessage.MessageOneofCase.Keepsake when holdings is not null && full:
                    holdings.Keep(message.Keepsake);
                    continue;
                case PlacementMessage.MessageOneofCase.Delta when full:
                    await TakeDeltaAsync(message.Delta, cancellationToken);
                    revision = message.Delta.Revision;
                    break;
                default:
                    throw new StreamBrokenException("Placement sent a change before the full set");
            }
            Connected = true;
            _pause.Reset();
            await stream.SendAsync(new AgentMessage { Applied = new AssignmentsApplied { Revision = revision } }, cancellationToken);
        }
    }

    private async Task TakeFullAsync(AssignmentFullSet set, CancellationToken cancellationToken)
    {
        var orders = new SortedDictionary<string, DesiredAssignment>(StringComparer.Ordinal);
        foreach (AssignmentOrder order in set.Assignments) orders[order.Id] = Read(order);
        var text = new StringBuilder();
        foreach ((string id, DesiredAssignment desired) in orders) text.Append(id).Append(' ').Append(desired.Assignment.Generation).Append('\n');
        if (orders.Count != set.Count || !SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan().SequenceEqual(set.Digest.Span))
            throw new StreamBrokenException($"the full set of orders is not whole: {orders.Count} of {set.Count} arrived, or their digest differs");
        await ApplyAsync(orders, set.Term, set.Revision, cancellationToken);
    }

    private async Task TakeDeltaAsync(AssignmentDelta delta, CancellationToken cancellationToken)
    {
        var orders = new SortedDictionary<string, DesiredAssignment>(_orders, StringComparer.Ordinal);
        foreach (AssignmentOrder order in delta.Upserts) orders[order.Id] = Read(order);
        foreach (string id in delta.Removals) orders.Remove(id);
        await ApplyAsync(orders, delta.Term, delta.Revision, cancellationToken);
    }

    private async Task ApplyAsync(SortedDictionary<string, DesiredAssignment> orders, long term, long revision, CancellationToken cancellationToken)
    {
        await actuator.ApplyAsync([.. orders.Values], term, revision, cancellationToken);
        _term = Math.Max(_term, term);
        _orders = orders;
    }

    private DesiredAssignment Read(AssignmentOrder order)
    {
        Assignment assignment = JsonSerializer.Deserialize<Assignment>(order.AssignmentJson.Span, DomainJson.Options)
            ?? throw new StreamBrokenException($"the order {order.Id} is empty");
        if (order.MaterialHeld) return new(assignment, holdings?.Material(assignment) ?? throw new StreamBrokenException($"the order {order.Id} is to go on with its material, and none is held here"));
        return new(assignment, [.. order.Material.Select(m => new SealedFiles(m.Kind, m.Name, m.Version, m.Box.Memory))]);
    }

    [LoggerMessage(EventId = 4003, Level = LogLevel.Information, Message = "The plane was recovered and asks what is held here (term {Term}); what runs goes on")]
    private static partial void LogInventory(ILogger logger, long term);

    [LoggerMessage(EventId = 4001, Level = LogLevel.Warning, Message = "Lost Placement's orders: {Reason}; what runs goes on")]
    private static partial void LogLost(ILogger logger, string reason);
}
