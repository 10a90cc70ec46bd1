using Federation.Dashboard.Display;
using Federation.Dashboard.Parts;
using Federation.Dashboard.Serving;
using Federation.Domain.Workloads;

namespace Federation.Dashboard.Pages;

/// <summary>The tenant's workloads, filtered and a page at a time.</summary>
public sealed record WorkloadsModel(Reading<IReadOnlyList<Workload>> Workloads, WorkloadFilter Filter, int PageNumber)
{
    public const int PageSize = 50;

    /// <summary>What fits the filter but for the state: the states are counted among them.</summary>
    public IReadOnlyList<Workload> BeforeState { get; } = [.. (Workloads.Value ?? []).Where(Filter.MatchesRest)];

    public IReadOnlyList<Workload> Found { get; } = [.. (Workloads.Value ?? []).Where(Filter.Matches)];

    public int Pages => Math.Max(1, (Found.Count + PageSize - 1) / PageSize);

    public int Page => Math.Min(PageNumber, Pages);

    public IReadOnlyList<Workload> Shown => [.. Found.Skip((Page - 1) * PageSize).Take(PageSize)];

    public IReadOnlyList<string> Namespaces => [.. (Workloads.Value ?? []).Select(workload => workload.Metadata.Namespace!).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The states that there are, the urgent ones first, with how many are in each.</summary>
    public IEnumerable<(Standing Standing, int Count)> States => BeforeState
        .GroupBy(Standing.Of).Select(group => (group.Key, group.Count())).OrderByDescending(state => state.Key.Tone).ThenBy(state => state.Key.Word, StringComparer.Ordinal);

    internal static async Task<PageContent> BuildAsync(PageRequest request)
    {
        Reading<IReadOnlyList<Workload>> workloads = await request.ReadAsync(request.Plane.Workloads);
        var model = new WorkloadsModel(workloads, WorkloadFilter.Of(request), request.PageNumber);
        return PageContent.Of<WorkloadsPage>("Workloads", "workloads", model) with { Facts = FactsOf(model.Shown) };
    }

    /// <summary>What a screen reader is told of when it changes.</summary>
    internal static Dictionary<string, string> FactsOf(IReadOnlyList<Workload>? workloads) => (workloads ?? []).ToDictionary(
        workload => $"Workload {workload.Metadata.Namespace}/{workload.Metadata.Name}", workload => Standing.Of(workload).Word);
}
