using System.Text.Json.Nodes;

namespace Federation.Contracts.Api;

/// <summary>One template that a workload had.</summary>
/// <param name="Revision">The template's content hash.</param>
/// <param name="Number">Counted from 1 in the order they were asked for.</param>
/// <param name="CreatedAt">When it was asked for.</param>
/// <param name="Current">Whether it is the one asked for now.</param>
/// <param name="Template">The template.</param>
public sealed record RevisionView(string Revision, int Number, DateTimeOffset CreatedAt, bool Current, JsonNode? Template);
