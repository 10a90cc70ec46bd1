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

    /// <summary>The revision on trial; null while none is. What its replicas answer, and the others meanwhile, is reported to Health.</summary>
    public TemplateRevision? Trial { get; init; }

    /// <inheritdoc/>
    public bool Equals(ServiceEndpoints? other) => other is not null && Service == other.Service && Trial == other.Trial && Endpoints.SequenceEqual(other.Endpoints);

    /// <inheritdoc/>
    public override int GetHashCode() => Service.GetHashCode();
}
