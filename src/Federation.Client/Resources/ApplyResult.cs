using Federation.Domain.Resources;

namespace Federation.Client.Resources;

/// <summary>What became of an apply.</summary>
/// <param name="Resource">The state now (for a dry run: the state it would have).</param>
/// <param name="Result"><c>created</c>, <c>configured</c> or <c>unchanged</c>.</param>
/// <param name="Changed">The paths of the fields that it changed; see <see cref="Contracts.Api.ApiHeaders.Changed"/>.</param>
public sealed record ApplyResult(Resource Resource, string Result, IReadOnlyList<string> Changed)
{
    /// <summary>Whether <see cref="Changed"/> names every field that was changed.</summary>
    public bool NamesAllChanges { get; init; } = true;
}
