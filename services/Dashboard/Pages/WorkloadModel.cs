using Federation.Contracts.Api;
using Federation.Dashboard.Display;
using Federation.Dashboard.Parts;
using Federation.Dashboard.Serving;
using Federation.Dashboard.Sessions;
using Federation.Domain.Workloads;
using Route = Federation.Domain.Routing.Route;

namespace Federation.Dashboard.Pages;

/// <summary>One workload: how it stands, where it runs and why, how it came to this.</summary>
public sealed record WorkloadModel
{
    private const int MostEvents = 20;

    public required string Namespace { get; init; }

    public required string Name { get; init; }

    public required Session Session { get; init; }

    public required Reading<Workload> Workload { get; init; }

    public required Reading<IReadOnlyList<ReplicaView>> Replicas { get; init; }

    public required Reading<Explanation> Explanation { get; init; }

    public required Reading<IReadOnlyList<RevisionView>> Revisions { get; init; }

    public required IReadOnlyList<EventRecord> Events { get; init; }

    public required IReadOnlyList<Route> Routes { get; init; }

    public string Address => Addresses.Workload(Namespace, Name);

    internal static async Task<PageContent> BuildAsync(PageRequest request)
    {
        string inNamespace = request.Route("namespace"), name = request.Route("name");
        if (Domain.Identifiers.Name.Violation(name) is not null || Domain.Identifiers.Name.Violation(inNamespace) is not null)
            return Messages.NotFound($"workload {inNamespace}/{name}");
        var workloadTask = request.ReadAsync(request.Plane.Workload(inNamespace, name));
        var replicasTask = request.ReadAsync(request.Plane.ReplicasOf(inNamespace, name));
        var explanationTask = request.ReadAsync(request.Plane.Explanation(inNamespace, name));
        var revisionsTask = request.ReadAsync(request.Plane.Revisions(inNamespace, name));
        var eventsTask = request.ReadAsync(request.Plane.Events);
        var routesTask = request.ReadAsync(request.Plane.Routes);
        Reading<Workload> workload = await workloadTask;
        var model = new WorkloadModel
        {
            Namespace = inNamespace,
            Name = name,
            Session = request.Session,
            Workload = workload,
            Replicas = await replicasTask,
            Explanation = await explanationTask,
            Revisions = await revisionsTask,
            Events = [.. ((await eventsTask).Value ?? []).Where(item => item.Object == $"Workload {inNamespace}/{name}").TakeLast(MostEvents).Reverse()],
            Routes = [.. ((await routesTask).Value ?? []).Where(route => route.Metadata.Namespace == inNamespace && route.Spec.Workload == name)],
        };
        if (workload.Fault is PartFault.Absent) return Messages.NotFound($"workload {inNamespace}/{name}");
        return PageContent.Of<WorkloadPage>(name, "workloads", model) with
        {
            Facts = workload.Value is { } known ? WorkloadsModel.FactsOf([known]) : new Dictionary<string, string>(),
        };
    }
}
