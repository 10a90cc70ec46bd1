using System.Text.Json.Serialization;
using Federation.Domain.Resources;

namespace Federation.Domain.Workloads;

/// <summary>A cluster's network that a container is in. Attachments of the same name in one cluster are of one network, made by the first that needs it.</summary>
[MergeKey(nameof(Name))]
public sealed record NetworkAttachment
{
    /// <summary>Its name in the cluster.</summary>
    public required string Name { get; init; }

    /// <summary>Names, beside the workload's own, by which others in it find this one.</summary>
    public IReadOnlyList<string>? Aliases { get; init; }

    /// <summary>Whether the cluster has it already: it is neither made nor removed.</summary>
    public bool External { get; init; }

    /// <summary>Its driver: <c>overlay</c>, <c>bridge</c>, <c>host</c>; the cluster's usual one if left out.</summary>
    public string? Driver { get; init; }

    /// <summary>The driver's options; <c>encrypted</c> is one.</summary>
    public IReadOnlyDictionary<string, string>? DriverOptions { get; init; }

    /// <summary>Whether what is no workload may join it.</summary>
    public bool Attachable { get; init; }

    /// <summary>Whether nothing outside is reached from it.</summary>
    public bool Internal { get; init; }

    /// <summary>Whether it has addresses of version 4; as usual if left out.</summary>
    public bool? Ipv4 { get; init; }

    /// <summary>Whether it has addresses of version 6.</summary>
    public bool Ipv6 { get; init; }

    /// <summary>Who gives out addresses in it; the engine itself if left out.</summary>
    public string? AddressDriver { get; init; }

    /// <summary>Options of who gives out addresses.</summary>
    public IReadOnlyDictionary<string, string>? AddressOptions { get; init; }

    /// <summary>Its ranges of addresses; chosen by the engine if left out.</summary>
    public IReadOnlyList<AddressRange>? Ranges { get; init; }

    /// <summary>Its labels.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>The fixed address of version 4 that the container has in it.</summary>
    public string? Ipv4Address { get; init; }

    /// <summary>The fixed address of version 6 that the container has in it.</summary>
    public string? Ipv6Address { get; init; }

    /// <summary>Addresses of the link alone.</summary>
    public IReadOnlyList<string>? LinkLocalAddresses { get; init; }

    /// <summary>The container's hardware address in it.</summary>
    public string? MacAddress { get; init; }

    /// <summary>The name of its interface in the container.</summary>
    public string? Interface { get; init; }

    /// <summary>Options of this attachment, as its driver knows them.</summary>
    public IReadOnlyDictionary<string, string>? Options { get; init; }

    /// <summary>Whether it is like any other of its namespace: then the one that all workloads there share is as good.</summary>
    [JsonIgnore]
    public bool IsShared => !External && !Internal && !IsShaped;

    /// <summary>Whether it is to be made otherwise than as usual: with addresses, options or a driver of its own.</summary>
    [JsonIgnore]
    public bool IsShaped => !External && (Ipv6 || DriverOptions is { Count: > 0 } || Ranges is { Count: > 0 } || Driver is not (null or "overlay" or "bridge"));

    /// <summary>Higher is joined first.</summary>
    public int Priority { get; init; }

    /// <summary>The network with the highest leads outside.</summary>
    public int GatewayPriority { get; init; }
}
