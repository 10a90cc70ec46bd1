using Federation.Domain.Identifiers;

namespace Federation.Domain.Observation;

/// <summary>What an Agent reports of one replica.</summary>
public sealed record ReplicaObservation
{
    /// <summary>Ends of one replica that are a crash loop.</summary>
    public const int CrashLoop = 3;

    /// <summary>The replica.</summary>
    public required ReplicaId Id { get; init; }

    /// <summary>The Assignment it serves.</summary>
    public required AssignmentId Assignment { get; init; }

    /// <summary>The workload.</summary>
    public required WorkloadKey Workload { get; init; }

    /// <summary>The cluster.</summary>
    public required ClusterId Cluster { get; init; }

    /// <summary>The node.</summary>
    public NodeId? Node { get; init; }

    /// <summary>What it runs.</summary>
    public required TemplateRevision Revision { get; init; }

    /// <summary>Where it is in its life.</summary>
    public required ReplicaState State { get; init; }

    /// <summary>Its ports by name, as the Agent reaches them.</summary>
    public IReadOnlyList<ReplicaPort> Ports { get; init; } = [];

    /// <summary>Starts after the first.</summary>
    public int Restarts { get; init; }

    /// <summary>When the present process started, by the node's clock; for display alone.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>How the last process ended, for a person: exit code, signal, out of memory.</summary>
    public string? LastEnd { get; init; }

    /// <summary>
    /// Of a singleton: when its process was last ended because the node's lease had ended, as its node found it, by the node's clock; for display alone. Null if that
    /// never happened, and from agents that do not tell.
    /// </summary>
    public DateTimeOffset? FencedAt { get; init; }

    /// <summary>Of one that ended for good: whether with exit code 0. Null while it has not, and from agents that do not tell.</summary>
    public bool? Succeeded { get; init; }

    /// <summary>Whether its machine takes nothing new by the cluster's own word, as before it is drained; null where it does, and from agents that do not tell.</summary>
    public bool? Cordoned { get; init; }

    /// <summary>Why it is not ready, for a person.</summary>
    public string? Message { get; init; }

    /// <summary>Whether it holds what the planner reserves: all states but Ended and BackOff.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool Running => State is not (ReplicaState.Ended or ReplicaState.BackOff);

    /// <summary>Whether it has ended <see cref="CrashLoop"/> times or more and waits for its next start.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool CrashLoops => State == ReplicaState.BackOff && Restarts >= CrashLoop - 1;
}
