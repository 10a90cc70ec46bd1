using System.Text.Json.Serialization;
using Federation.Domain.Json;

namespace Federation.Domain.Identifiers;

/// <summary>A tenant: the owner of namespaces. <c>system</c> is the platform's own.</summary>
/// <param name="Value">The text form.</param>
[JsonConverter(typeof(StringValueConverter<TenantId>))]
public readonly record struct TenantId(string Value) : IStringValue<TenantId>, IComparable<TenantId>
{
    /// <summary>Reads the id; it must be a name.</summary>
    public static TenantId Parse(string text) => new(Name.Require(text));

    /// <summary>Ordinal order.</summary>
    public int CompareTo(TenantId other) => string.CompareOrdinal(Value, other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
