using Federation.Domain.Clusters;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;

namespace Federation.Placement.Dispatching;

/// <summary>What is known of one target of one workload: Health's judgement, and the workload's replicas there.</summary>
public sealed record TargetView
{
    /// <summary>The cluster.</summary>
    public required ClusterId Cluster { get; init; }

    /// <summary>The node, in native clusters.</summary>
    public NodeId? Node { get; init; }

    /// <summary>Health's judgement; null where there is none.</summary>
    public Verdict? Verdict { get; init; }

    /// <summary>The orders' revision that the observation obeys.</summary>
    public long AppliedRevision { get; init; }

    /// <summary>Whether the target stops its singletons by itself when its lease ends.</summary>
    public bool CanFence { get; init; }

    /// <summary>The capabilities that its agent offers; null where it has not reported.</summary>
    public IReadOnlyList<string>? Offers { get; init; }

    /// <summary>The workload's replicas there, of any of its assignments.</summary>
    public IReadOnlyList<ReplicaObservation> Replicas { get; init; } = [];

    /// <summary>The service there that the workload was before the plane; null where it was none.</summary>
    public Adoption? Adoption { get; init; }

    /// <summary>Volumes of its machines that are the workload's namespace's under other names; null where there are none.</summary>
    public IReadOnlyList<AdoptedVolume>? AdoptedVolumes { get; init; }

    /// <summary>Whether a person decided that the target is gone for good.</summary>
    public bool ConfirmedLost { get; init; }

    /// <summary>Contact is good: orders arrive and observations are fresh.</summary>
    public bool Live => Verdict?.State.IsInContact() == true;

    /// <summary>Judged lost.</summary>
    public bool Lost => Verdict?.State.IsLost() == true;

    /// <summary>Replicas of the assignment that hold resources.</summary>
    public int Running(AssignmentId assignment) => Replicas.Count(replica => replica.Assignment == assignment && replica.Running);

    /// <summary>Replicas of the assignment that run, or will again after a pause; not those in a crash loop.</summary>
    public int Kept(AssignmentId assignment) => Replicas.Count(replica => replica.Assignment == assignment && replica.State != ReplicaState.Ended && !replica.CrashLoops);

    /// <summary>Replicas of the assignment that hold resources and are of other revisions.</summary>
    public int RunningOthers(AssignmentId assignment, TemplateRevision revision) =>
        Replicas.Count(replica => replica.Assignment == assignment && replica.Running && replica.Revision != revision);

    /// <summary>Replicas of the assignment and the revision that ended for good with exit code 0.</summary>
    public int Succeeded(AssignmentId assignment, TemplateRevision revision) =>
        Replicas.Count(replica => replica.Assignment == assignment && replica is { State: ReplicaState.Ended, Succeeded: true } && replica.Revision == revision);

    /// <summary>Replicas of the assignment that answer, of any revision.</summary>
    public int Ready(AssignmentId assignment) => Replicas.Count(replica => replica.Assignment == assignment && replica.State == ReplicaState.Ready);

    /// <summary>Replicas of the assignment and the revision that answer.</summary>
    public int Ready(AssignmentId assignment, TemplateRevision revision) =>
        Replicas.Count(replica => replica.Assignment == assignment && replica.State == ReplicaState.Ready && replica.Revision == revision);
}
