using System.Text.Json.Serialization;
using Federation.Domain.Json;

namespace Federation.Domain.Identifiers;

/// <summary>One machine's name, unique inside its cluster.</summary>
/// <param name="Value">The text form.</param>
[JsonConverter(typeof(StringValueConverter<NodeId>))]
public readonly record struct NodeId(string Value) : IStringValue<NodeId>, IComparable<NodeId>
{
    /// <summary>Reads the id; it must be a name.</summary>
    public static NodeId Parse(string text) => new(Name.Require(text));

    /// <summary>Ordinal order.</summary>
    public int CompareTo(NodeId other) => string.CompareOrdinal(Value, other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
