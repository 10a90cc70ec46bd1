namespace Federation.Routing.Documents;

/// <summary>
/// Says that Health has heard all of Placement's routes since it started: only then does the absence of a route or service mean that it is gone.
/// </summary>
public sealed record TableState
{
    /// <summary>The store's kind.</summary>
    public const string Kind = "TableState";

    /// <summary>The one document's key.</summary>
    public const string Key = "routes";

    /// <summary>Whether routes and services are complete.</summary>
    public required bool Complete { get; init; }
}
