using Federation.Domain.Identifiers;

namespace Federation.Routing.Documents;

/// <summary>Where one host and path lead, as Health writes it for gateways.</summary>
public sealed record RouteEntry
{
    /// <summary>The store's kind.</summary>
    public const string Kind = "RouteEntry";

    /// <summary>Lower case, without port; <c>*.</c> in front stands for any labels.</summary>
    public required string Host { get; init; }

    /// <summary>Whole segments, without a slash at the end; <c>/</c> alone for all paths.</summary>
    public required string Path { get; init; }

    /// <summary>The workload that answers.</summary>
    public required WorkloadKey Service { get; init; }

    /// <summary>The port's name; the first HTTP port if null.</summary>
    public string? Port { get; init; }

    /// <summary>The document's key: host and path together are unique in the plane.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public string Key => Host + Path;
}
