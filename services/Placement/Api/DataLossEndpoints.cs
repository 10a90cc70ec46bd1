using Federation.Contracts.Api;
using Federation.Domain.Chance;
using Federation.Domain.Identifiers;
using Federation.Domain.Volumes;
using Federation.Domain.Workloads;
using Federation.Feeds;
using Federation.Placement.Documents;
using Federation.Placement.Events;
using Federation.Placement.Moving;
using Federation.Placement.Planning;
using Federation.Security.Principals;
using Federation.ServiceDefaults.Auth;
using Federation.ServiceDefaults.Problems;
using Federation.ServiceDefaults.Resources;
using Federation.Storage;

namespace Federation.Placement.Api;

/// <summary>A person's decision that a workload may start elsewhere with empty volumes, since their home is gone for good.</summary>
public static class DataLossEndpoints
{
    public static void MapDataLoss(this IEndpointRouteBuilder endpoints, ResourceDesk<Workload> desk, IStore store, FeedFollower health, TimeProvider time, IChance chance) =>
        endpoints.MapPost("/v1/namespaces/{ns}/workloads/{name}/accept-data-loss", (HttpContext http, string ns, string name, bool? dryRun) =>
                AcceptAsync(http, desk, store, new PlaceContact(health), new EventJournal(time, chance), time, chance, ns, name, dryRun ?? false))
            .RequireDeployer().WithName("AcceptDataLoss").WithTags("Workload");

    private static async Task<IResult> AcceptAsync(
        HttpContext http, ResourceDesk<Workload> desk, IStore store, PlaceContact contact, EventJournal events, TimeProvider time, IChance chance, string ns, string name, bool dryRun)
    {
        Principal principal = http.GetPrincipal();
        IStoreSnapshot snapshot = store.Current;
        if (desk.Find(principal.Tenant, ns, name) is not { } workload) return ResourceProblem.NotFound($"Workload {name}").ToResult();
        var state = new PlacementState(snapshot);
        WorkloadKey key = WorkloadResolver.KeyOf(workload);
        Volume? FindVolume(string volume) => state.Volume(principal.Tenant, ns, volume);
        foreach (VolumeReference reference in workload.Spec.Template.Volumes ?? [])
        {
            if (FindVolume(reference.Name)?.Status is { HomeCluster: { } home } status && contact.Silence(home, status.HomeNode) is { } silence) return silence.ToResult();
        }
        DataLoss judged = DataLoss.Judge(workload, FindVolume, state.Cluster, contact.Heard);
        if (judged is DataLoss.Refused refused) return refused.Problem.ToResult();
        var accepted = (DataLoss.Accepted)judged;
        string[] names = [.. accepted.Volumes.Select(static volume => volume.Metadata.Name)];
        string[] others =
        [
            .. state.WorkloadsIn(principal.Tenant, ns).Where(other => other.Metadata.Name != name && other.Metadata.DeletionRequestedAt is null
                && other.Spec.Template.Volumes?.Any(reference => names.Contains(reference.Name)) == true).Select(static other => other.Metadata.Name),
        ];
        var reply = new DataLossReply(names, accepted.Place, others);
        if (dryRun) return TypedResults.Ok(reply);
        string detail = $"volumes {string.Join(", ", names)} of {accepted.Place}";
        CommitOutcome outcome = await store.CommitAsync(new StoreTransaction
        {
            Conditions =
            [
                new(new(Kinds.Workload, key.ToString()), state.RevisionOf(Kinds.Workload, key.ToString())),
                .. accepted.Volumes.Select(volume => new StoreCondition(new(Kinds.Volume, VolumeKey(volume)), state.RevisionOf(Kinds.Volume, VolumeKey(volume)))),
                // It holds only while the decision about the place stands.
                .. accepted.Volumes.Select(static volume => volume.Status!.HomeCluster!.Value.Value).Distinct().Select(home => new StoreCondition(new(Kinds.Cluster, home), state.RevisionOf(Kinds.Cluster, home))),
            ],
            Writes =
            [
                .. accepted.Volumes.Select(volume => PlacementState.Put(Kinds.Volume, VolumeKey(volume), volume with { Status = null })),
                AuditTrail.Record(new WriteContext(principal.Tenant, principal.Name, snapshot, time.GetUtcNow()), "accepted data loss", new DocumentKey(Kinds.Workload, key.ToString()), chance, detail),
                events.DataGivenUp(key, detail, principal.Name),
            ],
        }, http.RequestAborted);
        return outcome is CommitOutcome.Committed ? TypedResults.Ok(reply) : ResourceProblem.Unavailable($"Workload {name}, its volumes or their home are being changed by others; try again").ToResult();
    }

    private static string VolumeKey(Volume volume) => $"{volume.Metadata.Tenant}/{volume.Metadata.Namespace}/{volume.Metadata.Name}";
}
