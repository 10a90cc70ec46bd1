using System.Text.Json.Nodes;

namespace Federation.Adapters.Rendering;

/// <summary>One thing that a cluster would be told.</summary>
/// <param name="Request">How: <c>POST /services/create</c>.</param>
/// <param name="Body">What; values of secrets are masked.</param>
public sealed record RenderedRequest(string Request, JsonObject Body);
