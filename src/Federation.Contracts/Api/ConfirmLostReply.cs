namespace Federation.Contracts.Api;

/// <summary>What a decision about a lost place leaves as it is.</summary>
/// <param name="Stranded">Workloads that stay stranded, as their volumes' home is there: <c>tenant/namespace/name</c>.</param>
public sealed record ConfirmLostReply(IReadOnlyList<string> Stranded);
