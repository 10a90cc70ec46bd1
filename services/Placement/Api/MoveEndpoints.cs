using Federation.Contracts.Api;
using Federation.Domain.Bindings;
using Federation.Domain.Chance;
using Federation.Domain.Identifiers;
using Federation.Domain.Workloads;
using Federation.Feeds;
using Federation.Placement.Documents;
using Federation.Placement.Moving;
using Federation.Placement.Planning;
using Federation.Scheduling;
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
        this IEndpointRouteBuilder endpoints, ResourceDesk<Workload> desk, IStore store, FeedFollower health, FeedFollower material, TimeProvider time, IChance chance)
    {
        endpoints.MapPost("/v1/namespaces/{ns}/workloads/{name}/move", (HttpContext http, string ns, string name, MoveRequest request, bool? dryRun) =>
                MoveAsync(http, desk, new PlanSource(store, health, material, time), ns, name, request, dryRun ?? false))
            .RequireDeployer().WithName("MoveWorkload").WithTags("Workload");
        endpoints.MapPost("/v1/namespaces/{ns}/workloads/{name}/failback", (HttpContext http, string ns, string name) =>
                FailBackAsync(http, desk, store, new PlanSource(store, health, material, time), time, chance, ns, name))
            .RequireDeployer().WithName("FailBackWorkload").WithTags("Workload");
    }

    private static async Task<IResult> FailBackAsync(
        HttpContext http, ResourceDesk<Workload> desk, IStore store, PlanSource source, TimeProvider time, IChance chance, string ns, string name)
    {
        Principal principal = http.GetPrincipal();
        if (desk.Find(principal.Tenant, ns, name) is not { } workload) return ResourceProblem.NotFound($"Workload {name}").ToResult();
        IStoreSnapshot snapshot = store.Current;
        var state = new PlacementState(snapshot);
        WorkloadKey key = WorkloadResolver.KeyOf(workload);
        if (state.Displacement(key) is not { } displacement || displacement.WorkloadUid != workload.Metadata.Uid)
            return ResourceProblem.Invalid($"Workload {name} had to leave no cluster that its policy wants it to return to (failover.failback); to move it anyway: fedctl move {name} --to CLUSTER").ToResult();
        if (source.Collect() is not { } inputs) return ResourceProblem.Unavailable("Health is silent, so nothing can be planned; try again once it answers").ToResult();
        if (inputs.Desired.Workloads.FirstOrDefault(planned => planned.Key == key) is not { } planned)
            return ResourceProblem.Unresolved($"Workload {name} is not planned yet: its references do not resolve, or it is being removed; see: fedctl describe workload {name}").ToResult();
        PlacementPlan plan = PlacementPlanner.Compute(inputs.Desired, inputs.Observed);
        Binding present = plan.Bindings.First(binding => binding.Workload == key);
        LostHome[] homes = FailbackRules.Missing(displacement, present, inputs.Desired);
        if (homes.Length == 0) return TypedResults.Ok(new MoveReply([]));
        PlannedWorkload wish = FailbackRules.Wish(planned, homes);
        if (FailbackRules.Returns(inputs.Desired, inputs.Observed, plan, [wish]) is not [var relocation])
        {
            return new ResourceProblem(409, ProblemTypes.PlaceRefused, "The planner refuses the place",
                MovePlan.Why(FailbackRules.With(inputs.Desired, [wish]), inputs.Observed, key, homes[0].Cluster.Value, homes[0].Replicas, 0)).ToResult();
        }
        string document = key.ToString();
        CommitOutcome outcome = await store.CommitAsync(new StoreTransaction
        {
            Conditions = [new(new(Kinds.Workload, document), state.RevisionOf(Kinds.Workload, document)), new(new(Kinds.Relocation, document), state.RevisionOf(Kinds.Relocation, document))],
            Writes =
            [
                PlacementState.Put(Kinds.Relocation, document, relocation),
                AuditTrail.Record(new WriteContext(principal.Tenant, principal.Name, snapshot, time.GetUtcNow()), "failed back", new DocumentKey(Kinds.Workload, document), chance),
            ],
        }, http.RequestAborted);
        return outcome is CommitOutcome.Committed
            ? TypedResults.Ok(new MoveReply([.. MovePlan.Between(key, present.Shares, relocation.Shares).Select(move => move with { Why = relocation.Why })]))
            : ResourceProblem.Unavailable($"Workload {name} is being changed by others; try again").ToResult();
    }

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
