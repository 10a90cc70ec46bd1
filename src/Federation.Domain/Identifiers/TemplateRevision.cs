using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Federation.Domain.Json;
using Federation.Domain.Workloads;

namespace Federation.Domain.Identifiers;

/// <summary>The content hash of a resolved workload template; equal revisions run the same thing.</summary>
/// <param name="Value">The text form.</param>
[JsonConverter(typeof(StringValueConverter<TemplateRevision>))]
public readonly record struct TemplateRevision(string Value) : IStringValue<TemplateRevision>, IComparable<TemplateRevision>
{
    /// <summary>The revision of a template whose configs and secrets name their versions.</summary>
    public static TemplateRevision Of(WorkloadTemplate template) => new(Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(template, DomainJson.Options)).AsSpan(0, 8)));

    /// <summary>Reads the id; it must be non-empty.</summary>
    public static TemplateRevision Parse(string text) => new(text.Length == 0 ? throw new FormatException("an id must not be empty") : text);

    /// <summary>Ordinal order.</summary>
    public int CompareTo(TemplateRevision other) => string.CompareOrdinal(Value, other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
