using Federation.Contracts.Api;
using Federation.Domain.Identifiers;
using Federation.Domain.Workloads;
using Federation.Feeds;
using Federation.Placement.Moving;
using Federation.Placement.Planning;
using Federation.Security.Principals;
using Federation.ServiceDefaults.Auth;
using Federation.ServiceDefaults.Problems;
using Federation.ServiceDefaults.Resources;
using Federation.Storage;

namespace Federation.Placement.Api;

/// <summary>Where a person wants a workload: planned first, refused with the planner's reason, and kept until it is taken back.</summary>
public static class MoveEndpoints
{
    public static void MapMoves(
        this IEndpointRouteBuilder endpoints, ResourceDesk<Workload> desk, IStore store, FeedFollower health, FeedFollower material, TimeProvider time) =>
        endpoints.MapPost("/v1/namespaces/{ns}/workloads/{name}/move", (HttpContext http, string ns, string name, MoveRequest request, bool? dryRun) =>
                MoveAsync(http, desk, new PlanSource(store, health, material, time), ns, name, request, dryRun ?? false))
            .RequireDeployer().WithName("MoveWorkload").WithTags("Workload");

    private static async Task<IResult> MoveAsync(
        HttpContext http, ResourceDesk<Workload> desk, PlanSource source, string ns, string name, MoveRequest request, bool dryRun)
    {
        Principal principal = http.GetPrincipal();
        if (desk.Find(principal.Tenant, ns, name) is not { } workload) return ResourceProblem.NotFound($"Workload {name}").ToResult();
        if (Violation(request) is { } wrong) return ResourceProblem.Invalid(wrong).ToResult();
        MoveReply reply = new([]);
        IReadOnlyList<ClusterPin>? pins = null;
        if (request.To is not null)
        {
            if (source.Collect() is not { } inputs) return ResourceProblem.Unavailable("Health is silent, so nothing can be planned; try again once it answers").ToResult();
            WorkloadKey key = WorkloadResolver.KeyOf(workload);
            if (inputs.Desired.Workloads.FirstOrDefault(planned => planned.Key == key) is not { } planned)
                return ResourceProblem.Unresolved($"Workload {name} is not planned yet: its references do not resolve, or it is being removed; see: fedctl describe workload {name}").ToResult();
            switch (MovePlan.Compute(inputs.Desired, inputs.Observed, planned, source.Binding(key), request))
            {
                case MovePlan.Refused refused:
                    return refused.Problem.ToResult();
                case MovePlan.Possible possible:
                    pins = possible.Pins;
                    reply = new(possible.Moves);
                    break;
            }
        }
        if (dryRun) return TypedResults.Ok(reply);
        ApplyOutcome<Workload> outcome = await desk.ReplaceAsync(
            workload with { Spec = workload.Spec with { Pins = pins } }, new FieldWriter("move"), principal.Tenant, principal.Name, null, dryRun: false, http.RequestAborted);
        if (outcome is ApplyOutcome<Workload>.Refused no) return no.Problem.ToResult();
        return TypedResults.Ok(reply);
    }

    private static string? Violation(MoveRequest request) => request switch
    {
        { To: null } => request == new MoveRequest(null) ? null : "to take a wish back, name no cluster and no number",
        { To: var to } when Name.Violation(to) is { } rule => $"to: {rule}",
        { From: { } from } when Name.Violation(from) is { } rule => $"from: {rule}",
        { Replicas: < 1 or > 100_000 } => "replicas is a number from 1 to 100000",
        { From: { } from, To: var to } when from == to => $"from and to are both {to}",
        _ => null,
    };
}
