using System.Globalization;
using System.Text.Json;
using Federation.Contracts.Api;
using Federation.Domain.Identifiers;
using Federation.Domain.Json;
using Federation.Domain.Rollouts;
using Federation.Domain.Workloads;
using Federation.Placement.Documents;
using Federation.Placement.Planning;
using Federation.Placement.Rollouts;
using Federation.ServiceDefaults.Auth;
using Federation.ServiceDefaults.Problems;
using Federation.ServiceDefaults.Resources;
using Federation.Storage;

namespace Federation.Placement.Api;

/// <summary>A workload's templates: what they were, back to one of them, the same once more, halt and go on.</summary>
public static class RolloutEndpoints
{
    private const string One = "/v1/namespaces/{ns}/workloads/{name}";

    public static void MapRollouts(this IEndpointRouteBuilder endpoints, ResourceDesk<Workload> desk, IStore store, TimeProvider time)
    {
        endpoints.MapGet(One + "/revisions", (HttpContext http, string ns, string name) => Revisions(http, desk, store, ns, name))
            .RequireViewer().WithName("ListWorkloadRevisions").WithTags("Workload");
        endpoints.MapPost(One + "/undo", (HttpContext http, string ns, string name, UndoRequest? request) => UndoAsync(http, desk, store, ns, name, request))
            .RequireDeployer().WithName("UndoWorkload").WithTags("Workload");
        endpoints.MapPost(One + "/restart", (HttpContext http, string ns, string name) => RestartAsync(http, desk, time, ns, name))
            .RequireDeployer().WithName("RestartWorkload").WithTags("Workload");
        endpoints.MapPost(One + "/pause", (HttpContext http, string ns, string name) => PauseAsync(http, desk, ns, name, paused: true))
            .RequireDeployer().WithName("PauseWorkload").WithTags("Workload");
        endpoints.MapPost(One + "/resume", (HttpContext http, string ns, string name) => ResumeAsync(http, desk, store, ns, name))
            .RequireDeployer().WithName("ResumeWorkload").WithTags("Workload");
    }

    private static IResult Revisions(HttpContext http, ResourceDesk<Workload> desk, IStore store, string ns, string name)
    {
        if (desk.Find(http.GetPrincipal().Tenant, ns, name) is not { } workload) return Missing(name);
        WorkloadKey key = WorkloadResolver.KeyOf(workload);
        var state = new PlacementState(store.Current);
        Rollout? rollout = state.Rollout(key);
        WorkloadRevision[] kept = [.. state.RevisionsOf(key)];
        return TypedResults.Ok(new ItemList<RevisionView>([.. kept.Select(revision => new RevisionView(
            revision.Hash, revision.Number, revision.Time, revision == kept[^1],
            JsonSerializer.SerializeToNode(revision.Template, DomainJson.Options))
        {
            Running = rollout?.Established?.Number == revision.Number,
            Writer = revision.Writer,
            Cause = revision.Cause,
            Failure = rollout?.Failure is { } failure && failure.Number == revision.Number ? failure.Reason : null,
        })]));
    }

    private static async Task<IResult> UndoAsync(HttpContext http, ResourceDesk<Workload> desk, IStore store, string ns, string name, UndoRequest? request)
    {
        if (desk.Find(http.GetPrincipal().Tenant, ns, name) is not { } workload) return Missing(name);
        if (workload.Spec.Update.Paused) return ResourceProblem.Invalid($"the rollout of Workload {name} is paused: nothing would be handed out; resume it first").ToResult();
        string current = WorkloadRevision.HashOf(workload.Spec.Template);
        string? wanted = request?.Revision;
        WorkloadRevision? target = new PlacementState(store.Current).RevisionsOf(WorkloadResolver.KeyOf(workload)).LastOrDefault(revision => wanted is null
            ? revision.Hash != current
            : revision.Hash == wanted || revision.Number.ToString(CultureInfo.InvariantCulture) == wanted);
        if (target is null)
            return ResourceProblem.NotFound(wanted is null ? $"an earlier template of Workload {name}" : $"revision {wanted} of Workload {name}").ToResult();
        return await WriteAsync(http, desk, workload with { Spec = workload.Spec with { Template = target.Template } }, new FieldWriter("undo", KeepsOwners: true));
    }

    private static async Task<IResult> RestartAsync(HttpContext http, ResourceDesk<Workload> desk, TimeProvider time, string ns, string name)
    {
        if (desk.Find(http.GetPrincipal().Tenant, ns, name) is not { } workload) return Missing(name);
        var notes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach ((string key, string value) in workload.Spec.Template.Annotations ?? new Dictionary<string, string>()) notes[key] = value;
        notes[WorkloadRules.RestartedAt] = time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture);
        return await WriteAsync(http, desk, workload with { Spec = workload.Spec with { Template = workload.Spec.Template with { Annotations = notes } } }, new FieldWriter("restart"));
    }

    private static async Task<IResult> PauseAsync(HttpContext http, ResourceDesk<Workload> desk, string ns, string name, bool paused) =>
        desk.Find(http.GetPrincipal().Tenant, ns, name) is { } workload
            ? await WriteAsync(http, desk, workload with { Spec = workload.Spec with { Update = workload.Spec.Update with { Paused = paused } } }, new FieldWriter("pause"))
            : Missing(name);

    // A rollout that a failure has held is tried once more: its failure is forgotten.
    private static async Task<IResult> ResumeAsync(HttpContext http, ResourceDesk<Workload> desk, IStore store, string ns, string name)
    {
        if (desk.Find(http.GetPrincipal().Tenant, ns, name) is not { } workload) return Missing(name);
        string key = WorkloadResolver.KeyOf(workload).ToString();
        while (true)
        {
            var state = new PlacementState(store.Current);
            if (state.Rollout(WorkloadResolver.KeyOf(workload)) is not { Failure.Action: FailureAction.Pause } rollout) break;
            CommitOutcome outcome = await store.CommitAsync(new StoreTransaction
            {
                Conditions = [new(new(Kinds.Rollout, key), state.RevisionOf(Kinds.Rollout, key))],
                Writes = [PlacementState.Put(Kinds.Rollout, key, rollout with { Failure = null })],
            }, http.RequestAborted);
            if (outcome is CommitOutcome.Committed) break;
        }
        return await PauseAsync(http, desk, ns, name, paused: false);
    }

    private static async Task<IResult> WriteAsync(HttpContext http, ResourceDesk<Workload> desk, Workload desired, FieldWriter fields) => ResourceWrites.ToResult(
        http, await desk.ReplaceAsync(desired, fields, http.GetPrincipal().Tenant, http.GetPrincipal().Name, null, dryRun: false, http.RequestAborted));

    private static IResult Missing(string name) => ResourceProblem.NotFound($"Workload {name}").ToResult();
}
