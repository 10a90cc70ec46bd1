using System.Text.Json.Serialization;
using Federation.Domain.Json;

namespace Federation.Domain.Identifiers;

/// <summary>An Assignment: one Binding's share for one cluster or native node.</summary>
/// <param name="Value">The text form.</param>
[JsonConverter(typeof(StringValueConverter<AssignmentId>))]
public readonly record struct AssignmentId(string Value) : IStringValue<AssignmentId>, IComparable<AssignmentId>
{
    /// <summary>The id of a workload's order for a target, the same each time.</summary>
    public static AssignmentId Of(string workloadUid, ClusterId cluster, NodeId? node) => new(node is { } n ? $"{workloadUid}.{cluster}.{n}" : $"{workloadUid}.{cluster}");

    /// <summary>Reads the id; it must be non-empty.</summary>
    public static AssignmentId Parse(string text) => new(text.Length == 0 ? throw new FormatException("an id must not be empty") : text);

    /// <summary>Ordinal order.</summary>
    public int CompareTo(AssignmentId other) => string.CompareOrdinal(Value, other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
