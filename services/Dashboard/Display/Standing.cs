using Federation.Domain.Clusters;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;

namespace Federation.Dashboard.Display;

/// <summary>How something stands: a tone and its word.</summary>
/// <param name="Tone">The tone.</param>
/// <param name="Word">The word.</param>
public sealed record Standing(Tone Tone, string Word)
{
    /// <summary>Whether it belongs among what is wrong.</summary>
    public bool Wrong => Tone >= Tone.Warning;

    public static Standing Of(Cluster cluster) => Of(cluster.Status?.State) switch
    {
        _ when cluster.Spec.ConfirmedLost => new(Tone.Bad, "Confirmed lost"),
        { Tone: Tone.Good } when cluster.Spec.Draining => new(Tone.Busy, "Draining"),
        { Tone: Tone.Good } when cluster.Spec.Cordoned => new(Tone.Quiet, "Cordoned"),
        { Tone: Tone.Good } when cluster.Status!.NodesReady < cluster.Status.Nodes => new(Tone.Warning, "Ready in part"),
        var standing => standing,
    };

    public static Standing Of(VerdictState? verdict) => verdict switch
    {
        VerdictState.Ready => new(Tone.Good, "Ready"),
        VerdictState.Suspect => new(Tone.Warning, "Suspect"),
        VerdictState.Unreachable => new(Tone.Bad, "Unreachable"),
        VerdictState.NotReady => new(Tone.Bad, "Not ready"),
        VerdictState.Draining => new(Tone.Busy, "Draining"),
        VerdictState.Cordoned => new(Tone.Quiet, "Cordoned"),
        _ => new(Tone.Unknown, "Unknown"),
    };

    public static Standing Of(Workload workload) => workload.Status?.Phase switch
    {
        "Ready" when workload.Status.Desired == 0 => new(Tone.Quiet, "Scaled to 0"),
        "Ready" => new(Tone.Good, "Ready"),
        "Completed" => new(Tone.Good, "Completed"),
        "Degraded" => new(Tone.Warning, "Degraded"),
        "Stranded" => new(Tone.Bad, "Stranded"),
        "Failed" => new(Tone.Bad, "Failed"),
        "Undone" => new(Tone.Warning, "Undone"),
        "Paused" => new(Tone.Quiet, "Paused"),
        "Progressing" => new(Tone.Busy, "Progressing"),
        "Deleting" => new(Tone.Busy, "Deleting"),
        // What cannot be placed is pending with a reason and waits for somebody.
        "Pending" => workload.Status is { Message: not null, Ready: 0, Assigned: 0, ObservedGeneration: > 0 } ? new(Tone.Warning, "Pending") : new(Tone.Busy, "Pending"),
        null => new(Tone.Unknown, "Unknown"),
        var other => new(Tone.Unknown, other),
    };

    public static Standing OfReplica(string state) => state switch
    {
        nameof(ReplicaState.Ready) => new(Tone.Good, "Ready"),
        nameof(ReplicaState.Starting) => new(Tone.Busy, "Starting"),
        nameof(ReplicaState.Draining) => new(Tone.Busy, "Draining"),
        nameof(ReplicaState.Stopping) => new(Tone.Busy, "Stopping"),
        nameof(ReplicaState.Unready) => new(Tone.Warning, "Unready"),
        nameof(ReplicaState.BackOff) => new(Tone.Bad, "Ended, waits"),
        nameof(ReplicaState.Ended) => new(Tone.Quiet, "Ended"),
        _ => new(Tone.Unknown, state),
    };
}
