using Federation.Domain.Workloads;

namespace Federation.Placement.Api;

/// <summary>A template as it was at a generation.</summary>
/// <param name="Generation">The generation.</param>
/// <param name="Time">When it was applied.</param>
/// <param name="Writer">Who applied it.</param>
/// <param name="Template">The template.</param>
public sealed record WorkloadRevision(long Generation, DateTimeOffset Time, string Writer, WorkloadTemplate Template);
