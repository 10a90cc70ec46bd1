using System.Text.Json.Serialization;
using Federation.Domain.Identifiers;
using Federation.Domain.Observation;
using Federation.Domain.Workloads;

namespace Federation.Adapters.Node.Replicas;

/// <summary>What the node remembers of one replica: enough to know it again, and to start it again, after the agent's death. Immutable.</summary>
public sealed record ReplicaRecord
{
    /// <summary>The replica; never used twice.</summary>
    public required ReplicaId Id { get; init; }

    /// <summary>The Assignment it serves.</summary>
    public required AssignmentId Assignment { get; init; }

    /// <summary>The workload.</summary>
    public required WorkloadKey Workload { get; init; }

    /// <summary>The workload's uid; null in records that were kept before it was noted.</summary>
    public string? WorkloadUid { get; init; }

    /// <summary>The generation of the order that made it.</summary>
    public long Generation { get; init; }

    /// <summary>What it runs.</summary>
    public required TemplateRevision Revision { get; init; }

    /// <summary>The template of that revision.</summary>
    public required WorkloadTemplate Template { get; init; }

    /// <summary>At most one live holder in the plane.</summary>
    public bool Singleton { get; init; }

    /// <summary>The ports it was given.</summary>
    public IReadOnlyList<ReplicaPort> Ports { get; init; } = [];

    /// <summary>Counts its processes from 1; 0 before the first.</summary>
    public int Attempt { get; init; }

    /// <summary>Ends in a row that count against its pause.</summary>
    public int Failures { get; init; }

    /// <summary>Ends of its program that were a failure: what <see cref="RestartPolicy.MaxAttempts"/> limits.</summary>
    public int BadEnds { get; init; }

    /// <summary>When the present process was started, by the node's clock.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Whether the present process has been ready: an agent that returns trusts it until a check says otherwise.</summary>
    public bool Ready { get; init; }

    /// <summary>On its way out, and not to be replaced by itself.</summary>
    public bool Retiring { get; init; }

    /// <summary>Ended for good: its policy does not start it again.</summary>
    public bool Finished { get; init; }

    /// <summary>Whether it finished with exit code 0.</summary>
    public bool Succeeded { get; init; }

    /// <summary>How its readiness is told: as declared, or by a connection to its first HTTP port; null where running is all that can be seen.</summary>
    [JsonIgnore]
    public HealthCheck? Check => Template.HealthCheck
        ?? (Template.Ports?.FirstOrDefault(static port => port.Protocol is PortProtocol.Http or PortProtocol.Http2) is { } port ? new HealthCheck { Tcp = new TcpCheck { Port = port.Name } } : null);

    /// <summary>Whether it runs as a container: a template that has a process runs as that.</summary>
    [JsonIgnore]
    public bool IsContainer => Template.Process is null && Template.Image is not null;

    /// <summary>How its last process ended, for a person.</summary>
    public string? LastEnd { get; init; }

    /// <summary>When a process of it was last ended with the node's lease, by the node's clock; null if none was.</summary>
    public DateTimeOffset? FencedAt { get; init; }
}
