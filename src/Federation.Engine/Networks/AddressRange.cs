using System.Text.Json.Serialization;

namespace Federation.Engine.Networks;

/// <summary>A range of a network's addresses.</summary>
/// <param name="Subnet">The range, as <c>172.18.0.0/16</c>.</param>
/// <param name="Gateway">The machine's own address in it.</param>
public sealed record AddressRange(string? Subnet, string? Gateway)
{
    /// <summary>The part of it that is given out; all of it if left out.</summary>
    [JsonPropertyName("IPRange")]
    public string? Pool { get; init; }

    /// <summary>Addresses that are given to nobody, by names of the writer's choice.</summary>
    [JsonPropertyName("AuxiliaryAddresses")]
    public IReadOnlyDictionary<string, string>? Reserved { get; init; }
}
