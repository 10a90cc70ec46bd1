namespace Federation.Contracts.Api;

/// <summary>How far a recovery is.</summary>
/// <param name="State"><c>None</c>, <c>Collecting</c> or <c>Finished</c>.</param>
/// <param name="Origin"><c>Backup</c> or <c>Clusters</c>; null where there is none.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="TakenAt">The time of the backup or kit.</param>
/// <param name="FinishedAt">When it was finished.</param>
/// <param name="Reported">Nodes that have said what they hold, as <c>cluster/node</c>.</param>
/// <param name="Awaited">Nodes that are known and have not.</param>
/// <param name="Rebuilt">What was, or would be, taken from the clusters: new, or newer than the stores.</param>
/// <param name="Beyond">What clusters run that the stores do not know: it runs on and is left alone.</param>
/// <param name="Lost">What cannot be brought back.</param>
/// <param name="Namespaces">Namespaces in which clusters run work, as <c>tenant/namespace</c>.</param>
public sealed record RecoveryView(
    string State, string? Origin, DateTimeOffset? StartedAt, DateTimeOffset? TakenAt, DateTimeOffset? FinishedAt,
    IReadOnlyList<string> Reported, IReadOnlyList<string> Awaited, IReadOnlyList<string> Rebuilt, IReadOnlyList<string> Beyond, IReadOnlyList<string> Lost,
    IReadOnlyList<string> Namespaces);
