using Federation.Domain.Resources;

namespace Federation.Client.Resources;

/// <summary>What became of an apply.</summary>
/// <param name="Resource">The state now (for a dry run: the state it would have).</param>
/// <param name="Result"><c>created</c>, <c>configured</c> or <c>unchanged</c>.</param>
public sealed record ApplyResult(Resource Resource, string Result);
