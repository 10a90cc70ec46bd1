using Federation.Adapters.Node.Replicas;
using Federation.Adapters.Planning;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;

namespace Federation.Adapters.Node.Reconciling;

/// <summary>One replica in the reconciler's hands: its record and what passes with the agent. Times are timestamps of the monotonic clock.</summary>
internal sealed class Replica(ReplicaRecord record, ReplicaPhase phase)
{
    private ReplicaObservation? _observation;
    private CancellationTokenSource _standstill = new();

    public ReplicaId Id => Record.Id;

    public ReplicaRecord Record { get; private set; } = record;

    public ReplicaPhase Phase { get; private set; } = phase;

    public StopStage Stop { get; private set; }

    /// <summary>Whether the journal has <see cref="Record"/>.</summary>
    public bool Saved { get; set; }

    /// <summary>When the pause or the stop stage is over.</summary>
    public long Until { get; set; }

    public long StartedAt { get; set; }

    /// <summary>When its process was first seen; only asked of what has no check.</summary>
    public long? BegunAt { get; set; }

    public long ProbeAt { get; set; }

    public bool Probing { get; set; }

    public long ProbeBeganAt { get; set; }

    /// <summary>When the last check that failed began, since this process started.</summary>
    public long? FailedCheckBeganAt { get; set; }

    public int ProbeFailures { get; set; }

    /// <summary>Whether it has been ready since this process started, so that failing is Unready and no longer Starting.</summary>
    public bool WasReady { get; set; } = record.Ready;

    /// <summary>Its process was stopped by a signal: it is as it was, and answers nothing until it is told to go on.</summary>
    public bool StandsStill { get; private set; }

    /// <summary>Fires when it stands still: what waits for it need not.</summary>
    public CancellationToken Standstill => _standstill.Token;

    /// <summary>Ended because the node's lease did: no fault of its own.</summary>
    public bool Fenced { get; set; }

    public string? Message { get; private set; }

    /// <summary>Whether it was observed anew since the last publishing.</summary>
    public bool Changed => _observation is null;

    public bool Alive => Phase is ReplicaPhase.Due or ReplicaPhase.Running;

    public bool Ready => Phase == ReplicaPhase.Running && Stop == StopStage.None && Record.Ready;

    /// <summary>A declared check is asked for ever; that it listens, until it does.</summary>
    public bool IsProbed => Record.Template.HealthCheck is not null || (Record.Check is not null && !WasReady);

    public PlannedReplica Planned => new(Id, Record.Revision, Alive, Ready, Record.Retiring);

    public void Update(ReplicaRecord record)
    {
        Record = record;
        Saved = false;
        _observation = null;
    }

    public void Enter(ReplicaPhase phase, string? message = null)
    {
        Phase = phase;
        Stop = StopStage.None;
        Message = message;
        _observation = null;
    }

    public void Enter(StopStage stage)
    {
        Stop = stage;
        _observation = null;
    }

    public void StandStill(bool still)
    {
        if (StandsStill == still) return;
        StandsStill = still;
        _observation = null;
        if (still) _standstill.Cancel();
        else _standstill = new CancellationTokenSource();
    }

    public void Say(string? message)
    {
        if (message == Message) return;
        Message = message;
        _observation = null;
    }

    public ReplicaObservation Observe(ClusterId cluster, NodeId node) => _observation ??= new ReplicaObservation
    {
        Id = Id,
        Assignment = Record.Assignment,
        Workload = Record.Workload,
        Cluster = cluster,
        Node = node,
        Revision = Record.Revision,
        State = State(),
        // A container that nothing outside reaches is not reached by the plane either.
        Ports = Record.Template.Process is null && TemplateNetworks.AreClosed(Record.Template) ? [] : [.. Record.Ports.Where(static port => port.Protocol.Connects())],
        Restarts = Math.Max(0, Record.Attempt - 1),
        StartedAt = Phase == ReplicaPhase.Running ? Record.StartedAt : null,
        LastEnd = Record.LastEnd,
        FencedAt = Record.FencedAt,
        Succeeded = Record.Finished && !Record.Retiring ? Record.Succeeded : null,
        Message = StandsStill ? "its process was stopped by a signal; it goes on when it is told to (SIGCONT)" : Message,
    };

    private ReplicaState State() => Phase switch
    {
        ReplicaPhase.Due => ReplicaState.Starting,
        ReplicaPhase.BackOff => ReplicaState.BackOff,
        ReplicaPhase.Finished or ReplicaPhase.Gone => ReplicaState.Ended,
        _ => Stop switch
        {
            StopStage.Draining => ReplicaState.Draining,
            StopStage.Terminating or StopStage.Killing => ReplicaState.Stopping,
            _ => Record.Ready && !StandsStill ? ReplicaState.Ready : WasReady ? ReplicaState.Unready : ReplicaState.Starting,
        },
    };
}
