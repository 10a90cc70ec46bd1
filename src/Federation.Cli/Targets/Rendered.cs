using System.Text.Json.Nodes;

namespace Federation.Cli.Targets;

/// <summary>What a target would be sent.</summary>
/// <param name="Documents">One after the other.</param>
/// <param name="Notes">What it would not be told.</param>
/// <param name="Refusals">Why there is nothing to send; empty if there is.</param>
internal sealed record Rendered(IReadOnlyList<JsonNode> Documents, IReadOnlyList<RenderNote> Notes, IReadOnlyList<RenderNote> Refusals);
