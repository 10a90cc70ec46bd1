using System.Text.Json;
using Federation.Contracts.V1;
using Federation.Domain.Identifiers;
using Federation.Domain.Json;
using Federation.Domain.Observation;
using Federation.Grpc.Streams;
using Federation.Health.Observations;

namespace Federation.Health.Service.Reports;

/// <summary>
/// One agent's stream of reports: a full set, then deltas and renewals. Each renewal is granted; what does not fit is answered with the wish for
/// a full set, at most one a second. The node is the one that the caller's certificate names, whatever the messages say.
/// </summary>
/// <param name="node">The agent's node.</param>
/// <param name="desk">Takes the reports.</param>
/// <param name="time">The clock of the pauses.</param>
/// <param name="cut">Whether a drill cuts the node off: then nothing that it says is heard, and no lease renewed; null where there are no drills.</param>
public sealed class ReportSession(NodeKey node, ObservationDesk desk, TimeProvider time, Func<bool>? cut = null)
{
    private static readonly TimeSpan BetweenRequests = TimeSpan.FromSeconds(1);

    private string? _wanting;
    private long? _askedAt;

    /// <summary>Serves the stream until the agent leaves, the connection breaks or the token is cancelled; returns how it ended, for a person.</summary>
    public async Task<string> RunAsync(IMessageStream<HealthMessage, AgentReport> stream, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                (bool received, AgentReport report) = await stream.ReceiveAsync(cancellationToken);
                if (!received) return "its agent ended the stream";
                if (cut?.Invoke() == true) continue;
                await TakeAsync(stream, report, cancellationToken);
                await AskAsync(stream, cancellationToken);
            }
        }
        catch (StreamBrokenException)
        {
            return "its connection broke";
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return "its connection broke";
        }
        catch (JsonException)
        {
            return "its agent sent what is no observation";
        }
    }

    private async Task TakeAsync(IMessageStream<HealthMessage, AgentReport> stream, AgentReport report, CancellationToken cancellationToken)
    {
        switch (report.MessageCase)
        {
            case AgentReport.MessageOneofCase.Full:
                _wanting = await desk.TakeAsync(node, Read(report.Full));
                break;
            case AgentReport.MessageOneofCase.Delta:
                if (await desk.TakeAsync(node, Read(report.Delta)) is { } gap) _wanting ??= gap;
                break;
            case AgentReport.MessageOneofCase.Renewal:
                // What was refused is known to be missing, and why.
                _wanting ??= desk.NoteSent(node, report.Renewal.Sequence);
                // First the note, then the grant: a lease that nobody has noted could be called ended while it holds.
                TimeSpan next = desk.Granted(node);
                await stream.SendAsync(
                    new HealthMessage
                    {
                        Grant = new LeaseGrant
                        {
                            Renewal = report.Renewal.Renewal,
                            DurationMs = (long)desk.Lease.TotalMilliseconds,
                            NextRenewalMs = (long)next.TotalMilliseconds,
                        },
                    }, cancellationToken);
                break;
            case AgentReport.MessageOneofCase.Management:
                desk.ManagementSaid(node, report.Management.Answers, report.Management.Detail);
                break;
        }
    }

    private async Task AskAsync(IMessageStream<HealthMessage, AgentReport> stream, CancellationToken cancellationToken)
    {
        if (_wanting is not { } reason) return;
        if (_askedAt is { } asked && time.GetElapsedTime(asked) < BetweenRequests) return;
        _askedAt = time.GetTimestamp();
        await stream.SendAsync(new HealthMessage { FullSetRequest = new FullSetRequest { Reason = reason } }, cancellationToken);
    }

    private static FullSet Read(ObservationFullSet full) => new(
        full.AgentInstance, full.Sequence, Json<NodeObservation>(full.NodeJson.Span), full.Count, full.Digest.Memory,
        [.. full.ReplicasJson.Select(static json => Json<ReplicaObservation>(json.Span))])
    {
        SpansConnections = full.SequenceSpansConnections,
    };

    private static Delta Read(ObservationDelta delta) => new(
        delta.Sequence,
        delta.NodeJson.IsEmpty ? null : Json<NodeObservation>(delta.NodeJson.Span),
        [.. delta.UpsertsJson.Select(static json => Json<ReplicaObservation>(json.Span))],
        [.. delta.Removals.Select(static id => ReplicaId.Parse(id))]);

    private static T Json<T>(ReadOnlySpan<byte> json) where T : class =>
        JsonSerializer.Deserialize<T>(json, DomainJson.Options) ?? throw new JsonException($"a {typeof(T).Name} is null");
}
