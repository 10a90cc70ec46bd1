using Federation.Storage;

namespace Federation.Placement.Recoveries;

/// <summary>How stores and clusters are brought together again.</summary>
/// <param name="Writes">What is to be written.</param>
/// <param name="Rebuilt">What is taken from the clusters: new, or newer than the store. A line each.</param>
/// <param name="Beyond">What clusters run that the store does not know: it runs on, untouched. A line each.</param>
/// <param name="Lost">What cannot be brought back. A line each.</param>
public sealed record RecoveryPlan(IReadOnlyList<StoreWrite> Writes, IReadOnlyList<string> Rebuilt, IReadOnlyList<string> Beyond, IReadOnlyList<string> Lost);
