using System.Text.Json.Nodes;

namespace Federation.Contracts.Api;

/// <summary>The answer to a list.</summary>
/// <param name="ApiVersion">Always <c>federation/v1</c>.</param>
/// <param name="Kind">The items' kind with "List" behind.</param>
/// <param name="Cursor">Where a watch of the same list goes on without a gap.</param>
/// <param name="Continue">For the next page; null on the last.</param>
/// <param name="Items">The resources, in order of namespace and name.</param>
public sealed record ResourceList(string ApiVersion, string Kind, string Cursor, string? Continue, IReadOnlyList<JsonNode> Items);
