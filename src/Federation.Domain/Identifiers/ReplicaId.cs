using System.Text.Json.Serialization;
using Federation.Domain.Json;

namespace Federation.Domain.Identifiers;

/// <summary>One running instance, unique in the plane for ever.</summary>
/// <param name="Value">The text form.</param>
[JsonConverter(typeof(StringValueConverter<ReplicaId>))]
public readonly record struct ReplicaId(string Value) : IStringValue<ReplicaId>, IComparable<ReplicaId>
{
    /// <summary>Reads the id; it must be non-empty.</summary>
    public static ReplicaId Parse(string text) => new(text.Length == 0 ? throw new FormatException("an id must not be empty") : text);

    /// <summary>Ordinal order.</summary>
    public int CompareTo(ReplicaId other) => string.CompareOrdinal(Value, other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
