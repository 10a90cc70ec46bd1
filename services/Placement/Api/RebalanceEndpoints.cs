using Federation.Contracts.Api;
using Federation.Domain.Chance;
using Federation.Placement.Documents;
using Federation.Placement.Moving;
using Federation.Placement.Planning;
using Federation.ServiceDefaults.Auth;
using Federation.ServiceDefaults.Backups;
using Federation.ServiceDefaults.Problems;
using Federation.ServiceDefaults.Resources;
using Federation.Storage;

namespace Federation.Placement.Api;

/// <summary>What would be better placed elsewhere, and the carrying out of it: one safe step at a time, under every workload's disruption budget.</summary>
public static class RebalanceEndpoints
{
    private const string Path = "/v1/rebalance";
    private const int Attempts = 16;

    public static void MapRebalance(this IEndpointRouteBuilder endpoints, IStore store, PlanSource source, TimeProvider time, IChance chance)
    {
        endpoints.MapGet(Path, () => Plan(store, source) is { } plan ? TypedResults.Ok(plan.Reply) : Silent())
            .RequirePlatformAdmin().WithName("PlanRebalance").WithTags("Cluster");
        endpoints.MapPost(Path, (HttpContext http, RebalanceRequest request) => CarryOutAsync(http, store, source, time, chance, request))
            .RequirePlatformAdmin().WithName("Rebalance").WithTags("Cluster");
        endpoints.MapDelete(Path, (HttpContext http, CancellationToken ct) => EndAsync(http, store, time, chance, ct))
            .RequirePlatformAdmin().WithName("EndRebalance").WithTags("Cluster");
    }

    private static RebalancePlan? Plan(IStore store, PlanSource source) => source.Collect() is { } inputs
        ? RebalancePlan.Compute(inputs.Desired, inputs.Observed, source.Binding, new PlacementState(store.Current).All<Relocation>(Kinds.Relocation).Count())
        : null;

    private static async Task<IResult> CarryOutAsync(HttpContext http, IStore store, PlanSource source, TimeProvider time, IChance chance, RebalanceRequest request)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            var state = new PlacementState(store.Current);
            if (Plan(store, source) is not { } plan) return Silent();
            if (request.Plan is { } shown && shown != plan.Reply.Plan)
                return ResourceProblem.Precondition("the world has changed since the plan was shown, and is planned otherwise now; look at it again: fedctl rebalance --dry-run").ToResult();
            if (plan.Relocations.Count == 0) return TypedResults.Ok(plan.Reply);
            CommitOutcome outcome = await store.CommitAsync(new StoreTransaction
            {
                Conditions = [.. plan.Relocations.Select(one => new StoreCondition(new(Kinds.Relocation, one.Workload.ToString()), state.RevisionOf(Kinds.Relocation, one.Workload.ToString())))],
                Writes =
                [
                    .. plan.Relocations.Select(static one => PlacementState.Put(Kinds.Relocation, one.Workload.ToString(), one)),
                    CopyAudit.Record(http, store, "rebalanced", new DocumentKey(Kinds.Relocation, plan.Reply.Plan), time.GetUtcNow(), chance),
                ],
            }, http.RequestAborted);
            if (outcome is CommitOutcome.Committed) return TypedResults.Ok(plan.Reply);
        }
        return ResourceProblem.Unavailable("others rebalance all the time; try again").ToResult();
    }

    private static async Task<IResult> EndAsync(HttpContext http, IStore store, TimeProvider time, IChance chance, CancellationToken ct)
    {
        StoredDocument[] pending = [.. store.Current.List(Kinds.Relocation)];
        if (pending.Length == 0) return TypedResults.NoContent();
        await store.CommitAsync(new StoreTransaction
        {
            Writes =
            [
                .. pending.Select(static one => new StoreWrite(one.Key, null)),
                CopyAudit.Record(http, store, "rebalancing ended", new DocumentKey(Kinds.Relocation, "all"), time.GetUtcNow(), chance),
            ],
        }, ct);
        return TypedResults.NoContent();
    }

    private static IResult Silent() => ResourceProblem.Unavailable("Health is silent, so nothing can be planned; try again once it answers").ToResult();
}
