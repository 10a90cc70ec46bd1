using Federation.Dashboard.Display;

namespace Federation.Dashboard.Pages;

/// <summary>The output of a workload's replicas.</summary>
/// <param name="Namespace">The workload's namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Tail">How many of the last lines of each replica.</param>
/// <param name="Lines">For browsers without scripts, the lines themselves; null where a stream brings them.</param>
/// <param name="Remark">Why there are none.</param>
public sealed record LogsModel(string Namespace, string Name, int Tail, IReadOnlyList<Contracts.Api.LogLine>? Lines, string? Remark)
{
    public string Address => Addresses.Logs(Namespace, Name);
}
