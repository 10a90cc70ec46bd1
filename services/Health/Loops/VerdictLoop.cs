using Federation.Domain.Assignments;
using Federation.Domain.Clusters;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Feeds;
using Federation.Health.Service.Events;
using Federation.Health.Service.Reports;
using Federation.Health.Verdicts;
using Federation.Reconciliation;

namespace Federation.Health.Service.Loops;

/// <summary>Judges: whenever something was seen, and at the moment at which a verdict changes though nothing was.</summary>
public sealed partial class VerdictLoop
{
    private const string Everything = "verdicts";
    private const string Orders = "orders";
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(5);

    private readonly ObservationDesk _desk;
    private readonly FeedFollower _placement;
    private readonly HealthClock _clock;
    private readonly VerdictEvents _events;
    private readonly WorkQueue<string> _queue;
    private readonly ControlLoop<string> _loop;
    private readonly ILogger _logger;
    private readonly UnorderedReplicas _unordered = new();
    private FeedView? _known;

    public VerdictLoop(ObservationDesk desk, FeedFollower placement, HealthClock clock, VerdictEvents events, ILogger logger)
    {
        _desk = desk;
        _placement = placement;
        _clock = clock;
        _events = events;
        _logger = logger;
        _queue = new WorkQueue<string>(clock.Time, Backoff.Default);
        _loop = new ControlLoop<string>("verdicts", _queue, (key, _) => key == Orders ? Task.FromResult(CompareWithOrders()) : ReviewAsync(), TimeSpan.FromSeconds(10), clock.Time, logger);
        desk.VerdictsDue += Wake;
        desk.Odd += (node, reason, what) => events.Odd(node, reason, what, clock.Time.GetUtcNow());
        // Verdicts rest on what is registered and on where there are orders; nothing else of Placement's changes them.
        placement.Changed += (_, changes) =>
        {
            if (_known is not { Known: true } || changes.Any(static change => change.Kind is "Cluster" or "Assignment")) Wake();
        };
    }

    /// <summary>Asks for a review.</summary>
    public void Wake() => _queue.Add(Everything);

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Wake();
        _queue.Add(Orders);
        await Task.WhenAll(_loop.RunAsync(cancellationToken), TickAsync(cancellationToken));
    }

    private async Task TickAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            _desk.Ticked();
            try
            {
                await Task.Delay(_desk.Tick, _clock.Time, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task<TimeSpan?> ReviewAsync()
    {
        FeedView view = _placement.Current;
        bool same = ReferenceEquals(view, _known);
        NodeKey[] assigned = same ? [] : [.. view.All<Assignment>("Assignment").Select(static order => order.NodeKey).OfType<NodeKey>().Distinct()];
        Dictionary<ClusterId, ClusterSpec>? registered = view.Known
            ? view.OfKind("Cluster").ToDictionary(static item => ClusterId.Parse(item.Key), static item => item.Value.Value<Cluster>().Spec)
            : null;
        VerdictReview review = await _desk.ReviewAsync(assigned.Where(node => registered!.ContainsKey(node.Cluster)), registered);
        _known = view;
        VerdictMetrics.Changed(review.Changes);
        _events.Note(review, _clock.Time.GetUtcNow());
        if (review.StoodStill is { } pause) LogStoodStill(_logger, (long)pause.TotalMilliseconds);
        foreach (VerdictChange change in review.Changes)
        {
            if (change.After is { } after && after.State != change.Before?.State) LogVerdict(_logger, change.Key, after.State.ToString(), after.Revision, after.Reason);
        }
        return review.NextReview is { } next ? Max(next - _clock.Now, TimeSpan.FromMilliseconds(1)) : null;
    }

    private TimeSpan? CompareWithOrders()
    {
        FeedView view = _placement.Current;
        if (!view.Known) return BetweenLooks;
        DateTimeOffset now = _clock.Time.GetUtcNow();
        foreach (ReplicaObservation replica in _unordered.Look(_desk.Replicas(), id => view.Find<Assignment>("Assignment", id.Value), _clock.Now))
        {
            _events.Odd(new NodeKey(replica.Cluster, replica.Node ?? default), "UnorderedReplica",
                $"it reports replica {replica.Id} of {replica.Workload.Namespace}/{replica.Workload.Name}, which nobody ordered there: it gets no traffic and is not touched", now);
        }
        return BetweenLooks;
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    [LoggerMessage(EventId = 3002, Level = LogLevel.Warning, Message = "Health itself stood still for {Milliseconds} ms; what was not heard meanwhile counts for nothing")]
    private static partial void LogStoodStill(ILogger logger, long milliseconds);

    [LoggerMessage(EventId = 3001, Level = LogLevel.Information, Message = "{Subject} is {State} (verdict {Revision}): {Reason}")]
    private static partial void LogVerdict(ILogger logger, string subject, string state, long revision, string reason);
}
