using System.Text.Json.Nodes;

namespace Federation.Cli.Rendering;

/// <summary>A row of <c>get</c> in every form.</summary>
/// <param name="Name">For <c>-o name</c>; no two items of a list share it.</param>
/// <param name="Json">The whole item.</param>
/// <param name="AddTo">Adds its row to a table of its kind.</param>
internal sealed record ListedItem(string Name, JsonNode Json, Action<Table> AddTo);
