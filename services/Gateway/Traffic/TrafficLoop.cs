using Federation.Contracts.V1;
using Federation.Domain.Chance;
using Federation.Gateway.Tables;
using Federation.Grpc.Status;
using Federation.Grpc.Streams;

namespace Federation.Gateway.Traffic;

/// <summary>
/// Tells Health what replicas answer while revisions are on trial: soon after it changed, and now and then though it did not, since Health forgets
/// at its restart. Counts are of whole trials, so that a report that is lost costs time alone.
/// </summary>
public sealed partial class TrafficLoop(
    TrafficBook book, GatewayTable table, Func<TrafficReport, CancellationToken, Task> send, TimeProvider time, IChance chance, ILogger<TrafficLoop> logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(2);
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
        var report = new TrafficReport { GatewayInstance = _instance };
        report.Counts.AddRange(book.Counts(table.Current).OrderBy(static count => count.Workload, StringComparer.Ordinal).ThenBy(static count => count.ReplicaId, StringComparer.Ordinal));
        if (report.Counts.Count == 0 || (report.Equals(_sent) && time.GetElapsedTime(_sentAt) < Again)) return;
        using var limit = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            await send(report, both.Token);
            _sent = report;
            _sentAt = time.GetTimestamp();
        }
        catch (Exception e) when (e is RpcException or StreamBrokenException or HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            LogNotSent(logger, report.Counts.Count, e.Message);
        }
    }

    [LoggerMessage(EventId = 4010, Level = LogLevel.Debug, Message = "What {Count} replicas answer was not taken by Health, it is sent again: {Reason}")]
    private static partial void LogNotSent(ILogger logger, int count, string reason);
}
