using Federation.Contracts.V1;
using Federation.Domain.Chance;
using Federation.Domain.Identifiers;
using Federation.Gateway.Tables;
using Federation.Gateway.Tunnels;
using Federation.Grpc.Status;
using Federation.Grpc.Streams;

namespace Federation.Gateway.Traffic;

/// <summary>
/// Tells Health what is seen from here: which nodes can be reached, as a witness of their life, and what replicas answer while revisions are on trial. At
/// once when it changed, and twice a second though it did not: what a witness said long ago says nothing of now. Counts are of whole trials, so
/// that a report that is lost costs time alone.
/// </summary>
public sealed partial class TrafficLoop(
    TrafficBook book, TunnelRegistry tunnels, GatewayTable table, Func<TrafficReport, CancellationToken, Task> send, TimeProvider time, IChance chance, ILogger<TrafficLoop> logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly string _instance = chance.NextUid();
    private TrafficReport _sent = new();
    private long _sentAt;

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Pause, time);
        while (await timer.WaitForNextTickAsync(cancellationToken)) await ReportAsync(cancellationToken);
    }

    private async Task ReportAsync(CancellationToken cancellationToken)
    {
        // What it says, without how long ago each was heard, which is another at every moment.
        var report = new TrafficReport { GatewayInstance = _instance, WaysTold = true };
        report.Counts.AddRange(book.Counts(table.Current).OrderBy(static count => count.Workload, StringComparer.Ordinal).ThenBy(static count => count.ReplicaId, StringComparer.Ordinal));
        IReadOnlyCollection<NodeKey> nodes = tunnels.Nodes;
        report.Ways.AddRange(nodes.Select(static node => new NodeWay { Node = node.ToString() }));
        if (report.Equals(_sent) && time.GetElapsedTime(_sentAt) < Again) return;
        TrafficReport saying = report.Clone();
        saying.Ways.Clear();
        saying.Ways.AddRange(nodes.Select(Way));
        using var limit = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            await send(saying, both.Token);
            _sent = report;
            _sentAt = time.GetTimestamp();
        }
        catch (Exception e) when (e is RpcException or StreamBrokenException or HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            LogNotSent(logger, report.Ways.Count, e.Message);
        }
    }

    private NodeWay Way(NodeKey node)
    {
        (long? answer, long? pong) = table.Reach(node).Heard;
        var way = new NodeWay { Node = node.ToString() };
        if (pong is { } ponged) way.PongAgeMs = (long)time.GetElapsedTime(ponged).TotalMilliseconds;
        if (answer is { } answered) way.AnswerAgeMs = (long)time.GetElapsedTime(answered).TotalMilliseconds;
        return way;
    }

    [LoggerMessage(EventId = 4010, Level = LogLevel.Debug, Message = "What is seen of {Count} nodes was not taken by Health, it is told again: {Reason}")]
    private static partial void LogNotSent(ILogger logger, int count, string reason);
}
