using System.Text.Json.Serialization;
using Federation.Domain.Json;

namespace Federation.Domain.Identifiers;

/// <summary>A registered target's name, unique in the plane.</summary>
/// <param name="Value">The text form.</param>
[JsonConverter(typeof(StringValueConverter<ClusterId>))]
public readonly record struct ClusterId(string Value) : IStringValue<ClusterId>, IComparable<ClusterId>
{
    /// <summary>Reads the id; it must be a name.</summary>
    public static ClusterId Parse(string text) => new(Name.Require(text));

    /// <summary>Ordinal order.</summary>
    public int CompareTo(ClusterId other) => string.CompareOrdinal(Value, other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
