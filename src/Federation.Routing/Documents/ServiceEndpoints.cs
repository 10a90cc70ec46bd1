using Federation.Domain.Identifiers;

namespace Federation.Routing.Documents;

/// <summary>All ready replicas of one workload, as Health writes them for gateways. A workload without any has an empty list: that is knowledge too.</summary>
public sealed record ServiceEndpoints
{
    /// <summary>The store's kind.</summary>
    public const string Kind = "ServiceEndpoints";

    /// <summary>The workload; the document's key.</summary>
    public required WorkloadKey Service { get; init; }

    /// <summary>In order of replica ids.</summary>
    public required IReadOnlyList<ServiceEndpoint> Endpoints { get; init; }

    /// <inheritdoc/>
    public bool Equals(ServiceEndpoints? other) => other is not null && Service == other.Service && Endpoints.SequenceEqual(other.Endpoints);

    /// <inheritdoc/>
    public override int GetHashCode() => Service.GetHashCode();
}
