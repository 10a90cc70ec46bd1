using Federation.Dashboard.Parts;

namespace Federation.Dashboard.Serving;

/// <summary>A page as it was drawn once.</summary>
/// <param name="Content">What it shows.</param>
/// <param name="Html">The whole document.</param>
/// <param name="Used">The parts it was drawn from.</param>
/// <param name="SignedOut">Whether the account's secret no longer serves.</param>
internal sealed record PageDrawing(PageContent Content, string Html, IReadOnlyList<IPart> Used, bool SignedOut);
