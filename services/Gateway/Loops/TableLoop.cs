using System.Text.Json;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Feeds;
using Federation.Gateway.Tables;
using Federation.Reconciliation;
using Federation.Routing.Documents;
using Federation.Routing.Persistence;
using Federation.Routing.Tables;

namespace Federation.Gateway.Loops;

/// <summary>
/// Follows Health: each batch of documents becomes the next table at once; the newest table is kept on disk soon after (a large one
/// later, by how long the last one took). While Health is silent the
/// table stays; when Health starts anew, what it does not know yet stays.
/// </summary>
public sealed partial class TableLoop
{
    /// <summary>The kinds to follow at Health.</summary>
    public static readonly IReadOnlyList<string> FollowedKinds = [RouteEntry.Kind, ServiceEndpoints.Kind, TableState.Kind, "NodeReport", "Verdict"];

    private const string Keep = "keep";
    private const string Retire = "retire";
    private static readonly TimeSpan KeepAfter = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan LongestKeepAfter = TimeSpan.FromSeconds(30);
    // A large table that changes all the time is not to be written all the time: that takes one part in so many of it.
    private const int KeepShare = 20;
    private static readonly TimeSpan RetireAfter = TimeSpan.FromSeconds(1);

    private readonly GatewayTable _table;
    private readonly ILastTableFile _file;
    private readonly Action<RouteTable> _retire;
    private readonly WorkQueue<string> _queue;
    private readonly ControlLoop<string> _loop;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private string _incarnation = "";
    private TimeSpan _keepAfter = KeepAfter;

    /// <summary>Makes the loop and restores the last table, so that requests are served before Health answers.</summary>
    /// <param name="health">The follower of Health's documents, not yet running.</param>
    /// <param name="table">The table that is served.</param>
    /// <param name="file">Where it is kept.</param>
    /// <param name="retire">Ends what belongs to endpoints that are no longer in the table.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where damage is told.</param>
    public TableLoop(FeedFollower health, GatewayTable table, ILastTableFile file, Action<RouteTable> retire, TimeProvider time, ILogger logger)
    {
        _table = table;
        _file = file;
        _retire = retire;
        _time = time;
        _logger = logger;
        _queue = new WorkQueue<string>(time, Backoff.Default);
        _loop = new ControlLoop<string>("table", _queue, (key, _) => MaintainAsync(key), TimeSpan.FromSeconds(30), time, logger);
        Restore();
        health.Changed += Follow;
    }

    /// <summary>Runs until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => _loop.RunAsync(cancellationToken);

    private void Restore()
    {
        if (_file.Read() is not { } bytes) return;
        switch (LastTableFormat.Read(bytes))
        {
            case LastTableOutcome.Read read:
                _table.Update(builder => read.Table.Restore(builder));
                LogRestored(_logger, _table.Current.Hosts, _table.Current.Services);
                break;
            case LastTableOutcome.Damaged damaged:
                LogDamaged(_logger, damaged.Reason);
                break;
        }
    }

    private void Follow(FeedView view, IReadOnlyList<FeedChange> changes)
    {
        bool changed = _table.Update(builder =>
        {
            if (view.Incarnation != _incarnation)
            {
                _incarnation = view.Incarnation;
                builder.BeginHistory();
            }
            foreach (FeedChange change in changes)
            {
                try
                {
                    Take(builder, change);
                }
                catch (Exception e) when (e is JsonException or FormatException)
                {
                    // What is held of it stays; a document that this version cannot read must not end the service of all others.
                    LogUnreadable(_logger, e, change.Kind, change.Key);
                }
            }
        });
        if (!changed) return;
        _queue.AddAfter(Keep, _keepAfter);
        _queue.AddAfter(Retire, RetireAfter);
    }

    private static void Take(RouteTableBuilder builder, FeedChange change)
    {
        switch (change.Kind)
        {
            case RouteEntry.Kind when change.After is { } after:
                builder.Put(after.Value<RouteEntry>());
                break;
            case RouteEntry.Kind:
                builder.RemoveRoute(change.Key);
                break;
            case ServiceEndpoints.Kind when change.After is { } after:
                builder.Put(after.Value<ServiceEndpoints>());
                break;
            case ServiceEndpoints.Kind:
                builder.RemoveService(change.Key);
                break;
            case TableState.Kind when change.After is { } after:
                builder.SetComplete(after.Value<TableState>().Complete);
                break;
            case "NodeReport" when change.After is not null:
                builder.Reported(NodeKey.Parse(change.Key));
                break;
            case "Verdict" when change.Key.Contains('/'):
                builder.Judge(NodeKey.Parse(change.Key), change.After?.Value<Verdict>().State);
                break;
        }
    }

    private Task<TimeSpan?> MaintainAsync(string key)
    {
        if (key == Keep) KeepTable();
        else _retire(_table.Current);
        return Task.FromResult<TimeSpan?>(null);
    }

    private void KeepTable()
    {
        long started = _time.GetTimestamp();
        _file.Replace(LastTableFormat.Write(LastTable.Of(_table.Current)));
        TimeSpan pause = _time.GetElapsedTime(started) * KeepShare;
        _keepAfter = pause < KeepAfter ? KeepAfter : pause > LongestKeepAfter ? LongestKeepAfter : pause;
    }

    [LoggerMessage(EventId = 4001, Level = LogLevel.Information, Message = "Serving the last table: {Hosts} hosts, {Services} workloads")]
    private static partial void LogRestored(ILogger logger, int hosts, int services);

    [LoggerMessage(EventId = 4002, Level = LogLevel.Error, Message = "The last table on disk is not used: {Reason}")]
    private static partial void LogDamaged(ILogger logger, string reason);

    [LoggerMessage(EventId = 4003, Level = LogLevel.Error, Message = "Health's {Kind} {Key} cannot be read; what was known of it stays")]
    private static partial void LogUnreadable(ILogger logger, Exception exception, string kind, string key);
}
