namespace Federation.Contracts.Api;

/// <summary>Data that a person gives up, so that its workload can start elsewhere.</summary>
/// <param name="Volumes">The volumes, which begin empty.</param>
/// <param name="Place">Where their data is: a cluster, or <c>cluster/node</c>. It is not touched.</param>
/// <param name="AlsoFreed">Other workloads of the namespace that name these volumes, and start without the data, too.</param>
public sealed record DataLossReply(IReadOnlyList<string> Volumes, string Place, IReadOnlyList<string> AlsoFreed);
