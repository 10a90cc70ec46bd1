using System.Text.Json.Nodes;
using Federation.Domain.Resources;

namespace Federation.Manifests.Ownership;

/// <summary>What an apply comes to.</summary>
public abstract record MergeOutcome
{
    private MergeOutcome() { }

    /// <summary>The writers agree.</summary>
    /// <param name="Document">The whole document: what somebody owns, and what nobody does and is no default.</param>
    /// <param name="Owners">Who owns what from now on.</param>
    public sealed record Merged(JsonObject Document, IReadOnlyList<FieldOwner> Owners) : MergeOutcome;

    /// <summary>Others own fields that it would change; nothing is to be done.</summary>
    /// <param name="Clashes">Each field with its owner, in the order of paths.</param>
    public sealed record Clashed(IReadOnlyList<FieldClash> Clashes) : MergeOutcome;
}
