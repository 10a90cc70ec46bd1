using System.Diagnostics.Metrics;
using Federation.Adapters.Node.Logs;
using Federation.Domain.Identifiers;

namespace Federation.Agent.Logs;

/// <summary>
/// Carries replicas' output from their files to a receiver. Nothing but one batch is in memory: while the receiver is down the files are what waits,
/// for as long as rotation keeps them, and no workload is held up. A position moves only when its lines were taken.
/// </summary>
/// <param name="logs">The files.</param>
/// <param name="workloads">The workloads of the replicas that are here now.</param>
/// <param name="receiver">Where to.</param>
/// <param name="positions">How far.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where trouble is told, once.</param>
public sealed partial class LogShipper(
    ReplicaLogs logs, Func<IReadOnlyDictionary<ReplicaId, WorkloadKey>> workloads, ILogReceiver receiver, LogPositions positions, TimeProvider time, ILogger logger)
{
    private const int PieceBytes = 64 * 1024;
    private const int BatchBytes = 512 * 1024;
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private static readonly Meter Meter = new("Federation.Agent.Logs");
    private static readonly Counter<long> Lines = Meter.CreateCounter<long>("federation.logs.shipped", "{line}", "Lines of replicas that a receiver took, refused, or is still to take, by outcome.");

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        int failures = 0;
        List<ShippedLine> batch = [];
        try
        {
            while (true)
            {
                // What is to be sent again is the same to the letter.
                if (failures == 0) batch = Collect();
                TimeSpan pause = LookAgain;
                if (batch.Count > 0)
                {
                    switch (await receiver.SendAsync(batch, cancellationToken))
                    {
                        case ShippingOutcome.Taken taken:
                            if (failures > 0) LogBack(logger, receiver.Name);
                            failures = 0;
                            Advance(batch, taken.Refused);
                            pause = TimeSpan.Zero;
                            break;
                        case ShippingOutcome.Later later:
                            if (failures++ == 0) LogWaits(logger, receiver.Name, later.Reason);
                            Count(batch.Count, "waiting");
                            pause = later.After is { } asked ? Longest(asked, LookAgain) : Backoff(failures);
                            break;
                    }
                }
                if (pause > TimeSpan.Zero) await Task.Delay(pause, time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // What was on its way is sent again at the next start.
        }
    }

    private List<ShippedLine> Collect()
    {
        IReadOnlyDictionary<ReplicaId, WorkloadKey> here = workloads();
        List<ShippedLine> batch = [];
        int bytes = 0;
        foreach (ReplicaId replica in logs.Written())
        {
            LogPositions.Entry? entry = positions.Find(replica.Value);
            // Whose output it was is not known any more: it was over before shipping was asked for.
            if (!here.TryGetValue(replica, out WorkloadKey workload) && entry is null) continue;
            if (entry is not null) workload = WorkloadKey.Parse(entry.Workload);
            else positions.Set(replica.Value, new LogPositions.Entry(workload.ToString(), 0));
            foreach (PositionedLine line in logs.ReadFrom(replica, entry?.Position ?? 0, PieceBytes)) batch.Add(new ShippedLine(workload, replica, line));
            if (batch.Count > 0) bytes += (int)(batch[^1].Line.Next - (entry?.Position ?? 0));
            if (bytes >= BatchBytes) break;
        }
        return batch;
    }

    private void Advance(List<ShippedLine> batch, int refused)
    {
        foreach (ShippedLine line in batch) positions.Set(line.Replica.Value, new LogPositions.Entry(line.Workload.ToString(), line.Line.Next));
        try
        {
            positions.Save(logs.Written().Select(static replica => replica.Value).ToHashSet(StringComparer.Ordinal));
        }
        catch (IOException e)
        {
            // They are known in memory; a restart would send some again.
            LogNotKept(logger, e.Message);
        }
        if (refused > 0) LogRefused(logger, receiver.Name, refused);
        Count(batch.Count - refused, "taken");
        Count(refused, "refused");
    }

    private void Count(int lines, string outcome)
    {
        if (lines > 0) Lines.Add(lines, new("receiver", receiver.Name), new("outcome", outcome));
    }

    private static TimeSpan Backoff(int failures) => TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, LookAgain.Ticks << Math.Min(failures - 1, 10)));

    private static TimeSpan Longest(TimeSpan a, TimeSpan b) => a > b ? a : b;

    [LoggerMessage(EventId = 4301, Level = LogLevel.Warning, Message = "{Receiver} does not take replicas' output: {Reason}; it waits in its files")]
    private static partial void LogWaits(ILogger logger, string receiver, string reason);

    [LoggerMessage(EventId = 4302, Level = LogLevel.Information, Message = "{Receiver} takes replicas' output again")]
    private static partial void LogBack(ILogger logger, string receiver);

    [LoggerMessage(EventId = 4303, Level = LogLevel.Warning, Message = "{Receiver} refused {Lines} lines of replicas' output for good")]
    private static partial void LogRefused(ILogger logger, string receiver, int lines);

    [LoggerMessage(EventId = 4304, Level = LogLevel.Warning, Message = "How far replicas' output was sent could not be kept: {Reason}")]
    private static partial void LogNotKept(ILogger logger, string reason);
}
