using Federation.Domain.Resources;

namespace Federation.Domain.Workloads;

/// <summary>Desired state of one program: its template, how many, where.</summary>
public sealed record Workload : Resource
{
    /// <inheritdoc/>
    public override string Kind => "Workload";

    /// <summary>What is declared.</summary>
    public WorkloadSpec Spec { get; init; } = new();

    /// <summary>Server: what became of it.</summary>
    [ServerWritten]
    public WorkloadStatus? Status { get; init; }
}
