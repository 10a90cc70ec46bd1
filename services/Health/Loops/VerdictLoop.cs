using Federation.Domain.Assignments;
using Federation.Domain.Identifiers;
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

    private readonly ObservationDesk _desk;
    private readonly FeedFollower _placement;
    private readonly HealthClock _clock;
    private readonly VerdictEvents _events;
    private readonly WorkQueue<string> _queue;
    private readonly ControlLoop<string> _loop;
    private readonly ILogger _logger;
    private FeedView? _known;

    public VerdictLoop(ObservationDesk desk, FeedFollower placement, HealthClock clock, VerdictEvents events, ILogger logger)
    {
        _desk = desk;
        _placement = placement;
        _clock = clock;
        _events = events;
        _logger = logger;
        _queue = new WorkQueue<string>(clock.Time, Backoff.Default);
        _loop = new ControlLoop<string>("verdicts", _queue, (_, _) => ReviewAsync(), TimeSpan.FromSeconds(10), clock.Time, logger);
        desk.VerdictsDue += Wake;
        placement.Changed += (_, _) => Wake();
    }

    /// <summary>Asks for a review.</summary>
    public void Wake() => _queue.Add(Everything);

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Wake();
        await _loop.RunAsync(cancellationToken);
    }

    private async Task<TimeSpan?> ReviewAsync()
    {
        FeedView view = _placement.Current;
        bool same = ReferenceEquals(view, _known);
        NodeKey[] assigned = same ? [] : [.. view.All<Assignment>("Assignment").Select(static order => order.NodeKey).OfType<NodeKey>().Distinct()];
        HashSet<ClusterId>? registered = view.Known ? [.. view.OfKind("Cluster").Keys.Select(ClusterId.Parse)] : null;
        VerdictReview review = await _desk.ReviewAsync(assigned.Where(node => registered!.Contains(node.Cluster)), registered);
        _known = view;
        VerdictMetrics.Changed(review.Changes);
        _events.Note(review.Changes, _clock.Time.GetUtcNow());
        foreach (VerdictChange change in review.Changes)
        {
            if (change.After is { } after && after.State != change.Before?.State) LogVerdict(_logger, change.Key, after.State.ToString(), after.Revision, after.Reason);
        }
        return review.NextReview is { } next ? Max(next - _clock.Now, TimeSpan.FromMilliseconds(1)) : null;
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    [LoggerMessage(EventId = 3001, Level = LogLevel.Information, Message = "{Subject} is {State} (verdict {Revision}): {Reason}")]
    private static partial void LogVerdict(ILogger logger, string subject, string state, long revision, string reason);
}
