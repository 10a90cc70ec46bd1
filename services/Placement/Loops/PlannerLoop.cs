using Federation.Domain.Bindings;
using Federation.Domain.Identifiers;
using Federation.Feeds;
using Federation.Placement.Documents;
using Federation.Placement.Events;
using Federation.Placement.Moving;
using Federation.Placement.Planning;
using Federation.Reconciliation;
using Federation.Scheduling;
using Federation.Storage;

namespace Federation.Placement.Loops;

/// <summary>
/// Decides: whenever something that a placement depends on has changed, plans the whole world anew and writes the Bindings that differ.
/// While Health is silent it decides nothing: what runs stays where it is.
/// </summary>
public sealed partial class PlannerLoop
{
    /// <summary>Health's proof of life comes every second; after this long without one, nothing is decided.</summary>
    public static readonly TimeSpan HealthSilence = TimeSpan.FromSeconds(3);

    /// <summary>How far apart plans are that nobody waits for: while many are started, each step of each would else be one, and hold up the next step.</summary>
    public static readonly TimeSpan BetweenPlans = TimeSpan.FromMilliseconds(100);

    private const int BindingsPerTransaction = 200;
    private const string Everything = "plan";

    private readonly IStore _store;
    private readonly DecisionTurn _turn;
    private readonly FeedFollower _health;
    private readonly FeedFollower _material;
    private readonly TolerationClock _tolerations;
    private readonly FailoverStory _story;
    private readonly SingletonStory _singletons;
    private readonly SteadyClusters _steady;
    private readonly EventJournal _events;
    private readonly WorkQueue<string> _queue;
    private readonly ControlLoop<string> _loop;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private long _lastPlan;

    public PlannerLoop(IStore store, FeedFollower health, FeedFollower material, EventJournal events, TimeProvider time, ILogger logger)
    {
        _store = store;
        _turn = DecisionTurn.Of(store);
        _health = health;
        _material = material;
        _time = time;
        _logger = logger;
        _tolerations = new TolerationClock(time);
        _story = new FailoverStory(events, time);
        _singletons = new SingletonStory(events);
        _steady = new SteadyClusters(time);
        _events = events;
        _queue = new WorkQueue<string>(time, Backoff.Default);
        _lastPlan = time.GetTimestamp();
        _loop = new ControlLoop<string>("planner", _queue, (_, ct) => _turn.TakeAsync(() => PlanAndNoteWhenAsync(ct)), TimeSpan.FromSeconds(30), time, logger);
    }

    /// <summary>Asks for a new plan at once: a place is lost or back, or what may be placed where is declared otherwise.</summary>
    public void Wake() => _queue.Add(Everything);

    /// <summary>Asks for a new plan: something changed. It is made at once, or <see cref="BetweenPlans"/> after the last.</summary>
    public void WakeInTurn() => _queue.AddAfter(Everything, BetweenPlans - _time.GetElapsedTime(Interlocked.Read(ref _lastPlan)));

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Wake();
        await _loop.RunAsync(cancellationToken);
    }

    private async Task<TimeSpan?> PlanAndNoteWhenAsync(CancellationToken cancellationToken)
    {
        Interlocked.Exchange(ref _lastPlan, _time.GetTimestamp());
        try
        {
            return await PlanAsync(cancellationToken);
        }
        finally
        {
            Interlocked.Exchange(ref _lastPlan, _time.GetTimestamp());
        }
    }

    private async Task<TimeSpan?> PlanAsync(CancellationToken cancellationToken)
    {
        var observed = new ObservedWorld(_health.Current);
        if (!observed.Known || !_health.IsFresh(HealthSilence)) return TimeSpan.FromSeconds(1);
        _tolerations.Observe(observed.Verdicts);
        _steady.Observe(observed.Verdicts);
        var state = new PlacementState(_store.Current);
        if (!state.Decides) return TimeSpan.FromSeconds(1);
        PlanInputs inputs = PlanInputs.Collect(state, observed, WorkloadResolver.Of(state, _material.Current), _tolerations);
        long started = _time.GetTimestamp();
        PlacementPlan plan = PlacementPlanner.Compute(inputs.Desired, inputs.Observed);
        PlacementMetrics.Planned(_time.GetElapsedTime(started));
        // Before anything leaves, it is written down where it was.
        IReadOnlyList<Displacement> displaced = FailbackRules.Displaced(inputs.Desired, inputs.Observed, plan, state.Binding, state.Displacement);
        foreach (Displacement[] some in displaced.Chunk(BindingsPerTransaction))
            await _store.CommitAsync(new StoreTransaction { Writes = [.. some.Select(static one => PlacementState.Put(Kinds.Displacement, one.Workload.ToString(), one))] }, cancellationToken);
        var changed = new List<(Binding Binding, long Revision)>();
        foreach (Binding binding in plan.Bindings)
        {
            if (!Same(state.Binding(binding.Workload), binding))
                changed.Add((binding, state.RevisionOf(Kinds.Binding, binding.Workload.ToString())));
        }
        foreach ((Binding Binding, long Revision)[] some in changed.Chunk(BindingsPerTransaction))
        {
            if (!await WriteAsync(state, some, cancellationToken)) return TimeSpan.FromMilliseconds(20);
            foreach ((Binding binding, _) in some) PlacementMetrics.Decided(state.Binding(binding.Workload), binding);
        }
        if (changed.Count > 0) LogPlanned(_logger, changed.Count, state.Revision);
        IEnumerable<WorkloadKey> singletons = inputs.Desired.Workloads.Where(static workload => workload.Spec.Singleton).Select(static workload => workload.Key);
        StoreWrite[] story = [.. _story.Tell(inputs, new PlacementState(_store.Current), observed), .. _singletons.Tell(singletons, observed, _store.Current)];
        foreach (StoreWrite[] told in story.Chunk(BindingsPerTransaction))
            await _store.CommitAsync(new StoreTransaction { Writes = told }, cancellationToken);
        _singletons.Told();
        TimeSpan? next = Sooner(inputs.NextToleration, await FailBackAsync(inputs, plan, cancellationToken));
        return next is { } wait ? wait + TimeSpan.FromMilliseconds(1) : null;
    }

    private async Task<TimeSpan?> FailBackAsync(PlanInputs inputs, PlacementPlan plan, CancellationToken cancellationToken)
    {
        var state = new PlacementState(_store.Current);
        Displacement[] displacements = [.. state.All<Displacement>(Kinds.Displacement)];
        FailbackStep step = FailbackRules.Step(inputs.Desired, inputs.Observed, plan, displacements, key => state.Relocation(key) is not null, _steady.For);
        WorkloadKey[] ended = [.. step.Ended, .. displacements.Select(static one => one.Workload).Where(key => state.Workload(key) is null)];
        foreach (WorkloadKey[] some in ended.Chunk(BindingsPerTransaction))
            await _store.CommitAsync(new StoreTransaction { Writes = [.. some.Select(static key => new StoreWrite(new(Kinds.Displacement, key.ToString()), null))] }, cancellationToken);
        foreach (Relocation[] some in step.Returns.Chunk(BindingsPerTransaction))
        {
            await _store.CommitAsync(new StoreTransaction
            {
                Conditions = [.. some.Select(static one => new StoreCondition(new(Kinds.Relocation, one.Workload.ToString()), 0))],
                Writes = [.. some.Select(static one => PlacementState.Put(Kinds.Relocation, one.Workload.ToString(), one)), .. some.Select(one => _events.Returns(one.Workload, one.Why))],
            }, cancellationToken);
        }
        return step.Next;
    }

    private static TimeSpan? Sooner(TimeSpan? a, TimeSpan? b) => a is null || b < a ? b ?? a : a;

    // A decision holds for the generation it was made for: a workload that changed meanwhile is planned again.
    private async Task<bool> WriteAsync(PlacementState state, (Binding Binding, long Revision)[] bindings, CancellationToken cancellationToken)
    {
        CommitOutcome outcome = await _store.CommitAsync(new StoreTransaction
        {
            Conditions =
            [
                .. bindings.Select(b => new StoreCondition(new(Kinds.Binding, b.Binding.Workload.ToString()), b.Revision)),
                .. bindings.Select(b => new StoreCondition(
                    new(Kinds.Workload, b.Binding.Workload.ToString()), state.RevisionOf(Kinds.Workload, b.Binding.Workload.ToString()))),
            ],
            Writes = [.. bindings.Select(b => PlacementState.Put(Kinds.Binding, b.Binding.Workload.ToString(), b.Binding))],
        }, cancellationToken);
        return outcome is CommitOutcome.Committed;
    }

    private static bool Same(Binding? a, Binding b) => a is not null
        && a.WorkloadUid == b.WorkloadUid && a.Generation == b.Generation && a.Revision == b.Revision && a.Unplaced == b.Unplaced && a.Stranded == b.Stranded
        && a.Shares.SequenceEqual(b.Shares);

    [LoggerMessage(EventId = 2001, Level = LogLevel.Information, Message = "Decided {Count} bindings on revision {Revision}")]
    private static partial void LogPlanned(ILogger logger, int count, long revision);
}
