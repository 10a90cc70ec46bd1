using Federation.Domain.Identifiers;
using Federation.Domain.Workloads;
using Federation.Placement.Documents;
using Federation.Placement.Planning;
using Federation.Placement.Rollouts;
using Federation.Placement.Status;
using Federation.ServiceDefaults.Resources;
using Federation.Storage;

namespace Federation.Placement.Api;

/// <summary>What a Workload adds to the common way: replicas that a file does not mention stay, every template is kept for undo, removal waits for its replicas.</summary>
public sealed class WorkloadRules(NamespaceDirectory namespaces, WorkloadStatusReader status) : ResourceRules<Workload>
{
    /// <summary>The annotation that says why a template was declared.</summary>
    public const string ChangeCause = "federation/change-cause";

    /// <summary>The template's annotation that makes a restart another revision.</summary>
    public const string RestartedAt = "federation/restarted-at";

    public override DeletionStep Deletion => DeletionStep.Mark;

    public override Workload Prepare(Workload desired, Workload? present) => desired with
    {
        Status = null,
        Spec = desired.Spec with { Replicas = desired.Spec.Replicas ?? Kept(desired, present) ?? 1 },
    };

    // A number means nothing to what has one replica on each machine, but that 0 stops it.
    private static int? Kept(Workload desired, Workload? present) =>
        ContainerNeeds.RunsOnEachMachine(desired.Spec.Template) ? Math.Min(1, present?.Spec.Replicas ?? 1) : present?.Spec.Replicas;

    public override ResourceChange OnApply(Workload desired, Workload? present, WriteContext context)
    {
        if (namespaces.Refusal(context.Tenant, desired.Metadata.Namespace!) is { } problem) return new ResourceChange.Refused(problem);
        WorkloadKey key = WorkloadResolver.KeyOf(desired);
        WorkloadRevision[] kept = present is null ? [] : [.. new PlacementState(context.Snapshot).RevisionsOf(key)];
        string hash = WorkloadRevision.HashOf(desired.Spec.Template);
        if (kept.Length > 0 && kept[^1].Hash == hash) return ResourceChange.Allowed.Alone;
        string? cause = CauseOf(desired, present, kept.LastOrDefault(old => old.Hash == hash));
        int number = kept.Length == 0 ? 1 : kept[^1].Number + 1;
        var revision = new WorkloadRevision(number, desired.Metadata.Generation!.Value, context.Now, context.Writer, cause, desired.Spec.Template);
        return new ResourceChange.Allowed([],
        [
            PlacementState.Put(Kinds.WorkloadRevision, WorkloadRevision.KeyOf(key, number), revision),
            .. kept.SkipLast(desired.Spec.RevisionHistoryLimit).Select(old => new StoreWrite(new(Kinds.WorkloadRevision, WorkloadRevision.KeyOf(key, old.Number)), null)),
        ]);
    }

    public override ResourceChange OnDelete(Workload present, WriteContext context) => new ResourceChange.Allowed([],
        [.. context.Snapshot.List(Kinds.WorkloadRevision, $"{WorkloadResolver.KeyOf(present)}/").Select(old => new StoreWrite(old.Key, null))]);

    public override Workload Shown(Workload stored) => stored.Metadata.Tenant is null ? stored : stored with { Status = status.Read(stored) };

    // What the writer says, if it was said of this template and not of one before; else what the template itself shows.
    private static string? CauseOf(Workload desired, Workload? present, WorkloadRevision? same)
    {
        if (Note(desired.Metadata.Annotations, ChangeCause) is { } said && said != Note(present?.Metadata.Annotations, ChangeCause)) return said;
        if (same is not null) return $"back to revision {same.Number}";
        return present is not null && Note(desired.Spec.Template.Annotations, RestartedAt) is { } restarted && restarted != Note(present.Spec.Template.Annotations, RestartedAt) ? "restart" : null;
    }

    private static string? Note(IReadOnlyDictionary<string, string>? notes, string key) => notes is not null && notes.TryGetValue(key, out string? text) ? text : null;
}
