using Federation.Domain.Identifiers;

namespace Federation.Placement.Recoveries;

/// <summary>That a node has said what it held when it first met this store.</summary>
/// <param name="Node">The node.</param>
/// <param name="ReportedAt">When, for people.</param>
/// <param name="Term">The highest term that it had obeyed.</param>
/// <param name="Revision">The orders' revision that it had obeyed.</param>
/// <param name="Orders">How many orders it held.</param>
/// <param name="Material">Orders whose configs and secrets it holds, with the revision that they are of.</param>
public sealed record Inventory(
    NodeKey Node, DateTimeOffset ReportedAt, long Term, long Revision, int Orders, IReadOnlyDictionary<string, TemplateRevision> Material);
