using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Federation.Domain.Identifiers;
using Federation.Domain.Json;
using Federation.Domain.Workloads;

namespace Federation.Placement.Rollouts;

/// <summary>A declared template, as it is kept for undo.</summary>
/// <param name="Number">Counted from 1 in the order in which they were declared.</param>
/// <param name="Generation">The workload's generation that brought it.</param>
/// <param name="Time">When it was declared.</param>
/// <param name="Writer">Who declared it.</param>
/// <param name="Cause">Why, as the writer says it.</param>
/// <param name="Template">The template.</param>
public sealed record WorkloadRevision(int Number, long Generation, DateTimeOffset Time, string Writer, string? Cause, WorkloadTemplate Template)
{
    /// <summary>The template's content hash: short, for people.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public string Hash => HashOf(Template);

    /// <summary>The document's key: numbers in order.</summary>
    public static string KeyOf(WorkloadKey workload, int number) => string.Create(CultureInfo.InvariantCulture, $"{workload}/{number:D10}");

    /// <summary>A template's content hash.</summary>
    public static string HashOf(WorkloadTemplate template) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(template, DomainJson.Options)).AsSpan(0, 4));
}
