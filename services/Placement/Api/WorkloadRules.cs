using System.Globalization;
using Federation.Domain.Identifiers;
using Federation.Domain.Workloads;
using Federation.Placement.Documents;
using Federation.Placement.Planning;
using Federation.Placement.Status;
using Federation.ServiceDefaults.Resources;
using Federation.Storage;

namespace Federation.Placement.Api;

/// <summary>What a Workload adds to the common way: replicas that a file does not mention stay, every template is kept for undo, removal waits for its replicas.</summary>
public sealed class WorkloadRules(NamespaceDirectory namespaces, WorkloadStatusReader status) : ResourceRules<Workload>
{
    /// <summary>Templates kept per workload.</summary>
    public const int RevisionsKept = 10;

    public override DeletionStep Deletion => DeletionStep.Mark;

    public override Workload Prepare(Workload desired, Workload? present) => desired with
    {
        Status = null,
        Spec = desired.Spec with { Replicas = desired.Spec.Replicas ?? present?.Spec.Replicas ?? 1 },
    };

    public override ResourceChange OnApply(Workload desired, Workload? present, WriteContext context)
    {
        if (namespaces.Refusal(context.Tenant, desired.Metadata.Namespace!) is { } problem) return new ResourceChange.Refused(problem);
        string prefix = RevisionPrefix(WorkloadResolver.KeyOf(desired));
        var writes = new List<StoreWrite>();
        if (present?.Metadata.Generation != desired.Metadata.Generation)
        {
            writes.Add(PlacementState.Put(Kinds.WorkloadRevision, prefix + Number(desired.Metadata.Generation!.Value),
                new WorkloadRevision(desired.Metadata.Generation.Value, context.Now, context.Writer, desired.Spec.Template)));
            writes.AddRange(context.Snapshot.List(Kinds.WorkloadRevision, prefix).SkipLast(RevisionsKept - 1).Select(old => new StoreWrite(old.Key, null)));
        }
        return new ResourceChange.Allowed([], writes);
    }

    public override ResourceChange OnDelete(Workload present, WriteContext context) => new ResourceChange.Allowed([],
        [.. context.Snapshot.List(Kinds.WorkloadRevision, RevisionPrefix(WorkloadResolver.KeyOf(present))).Select(old => new StoreWrite(old.Key, null))]);

    public override Workload Shown(Workload stored) => stored.Metadata.Tenant is null ? stored : stored with { Status = status.Read(stored) };

    /// <summary>The prefix of a workload's kept templates.</summary>
    public static string RevisionPrefix(WorkloadKey key) => $"{key}/";

    private static string Number(long generation) => generation.ToString("D10", CultureInfo.InvariantCulture);
}
