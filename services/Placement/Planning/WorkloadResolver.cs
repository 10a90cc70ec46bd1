using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Federation.Domain.Identifiers;
using Federation.Domain.Policies;
using Federation.Domain.Resources;
using Federation.Domain.Rollouts;
using Federation.Domain.SecretMaterial;
using Federation.Domain.Volumes;
using Federation.Domain.Workloads;
using Federation.Feeds;
using Federation.Placement.Documents;
using Federation.Scheduling;
using Federation.Storage;

namespace Federation.Placement.Planning;

/// <summary>
/// Looks up what a workload refers to: its policy, volumes, configs and secrets. A stack starts as a unit: while a reference of one of its
/// workloads does not resolve, none that has no order yet gets one; what runs already goes on and moves as ever.
/// There is one for each state of the documents: what it finds out about a stack serves all its workloads, and all who ask.
/// </summary>
public sealed class WorkloadResolver
{
    /// <summary>The kinds that Placement follows at SecretStore.</summary>
    public static readonly IReadOnlyList<string> FollowedKinds = ["Config", "Secret"];

    private static readonly ConditionalWeakTable<IStoreSnapshot, WorkloadResolver> Newest = [];

    private readonly PlacementState _state;
    private readonly FeedView _material;

    // Stack to why it cannot start; null where it can.
    private readonly ConcurrentDictionary<(TenantId Tenant, string Namespace, string Stack), string?> _stacks = [];

    // A declared template that names no versions is the same object in every plan: it is hashed once.
    private static readonly ConditionalWeakTable<WorkloadTemplate, string> Revisions = [];

    private WorkloadResolver(PlacementState state, FeedView material) => (_state, _material) = (state, material);

    /// <summary>The resolver of a state. Safe for several callers at once.</summary>
    /// <param name="state">Placement's own documents.</param>
    /// <param name="material">SecretStore's feed: names and versions of configs and secrets.</param>
    public static WorkloadResolver Of(PlacementState state, FeedView material)
    {
        if (Newest.TryGetValue(state.Snapshot, out WorkloadResolver? known) && ReferenceEquals(known._material, material)) return known;
        var resolver = new WorkloadResolver(state, material);
        Newest.AddOrUpdate(state.Snapshot, resolver);
        return resolver;
    }

    /// <summary>Looks everything up.</summary>
    public ResolvedWorkload Resolve(Workload workload)
    {
        ResolvedWorkload resolved = ResolveAlone(workload);
        if (resolved is ResolvedWorkload.Complete && StackLabel.Of(workload.Metadata) is { } stack && !_state.AssignmentsOf(workload.Metadata.Uid!).Any()
            && MissingIn(stack, workload) is { } reason)
        {
            return new ResolvedWorkload.Unresolved($"held with the stack {stack}, which starts as a unit: {reason}");
        }
        return resolved;
    }

    private string? MissingIn(string stack, Workload member)
    {
        (TenantId, string, string) key = (member.Metadata.Tenant!.Value, member.Metadata.Namespace!, stack);
        if (_stacks.TryGetValue(key, out string? known)) return known;
        string? missing = _state.WorkloadsIn(key.Item1, key.Item2)
            .Where(mate => mate.Metadata.DeletionRequestedAt is null && StackLabel.Of(mate.Metadata) == stack)
            .Select(mate => ResolveAlone(mate) is ResolvedWorkload.Unresolved unresolved ? $"workload {mate.Metadata.Name} is {unresolved.Reason}" : null)
            .FirstOrDefault(reason => reason is not null);
        return _stacks[key] = missing;
    }

    private ResolvedWorkload ResolveAlone(Workload workload)
    {
        TenantId tenant = workload.Metadata.Tenant!.Value;
        string @namespace = workload.Metadata.Namespace!;
        WorkloadSpec spec = workload.Spec;
        PlacementPolicySpec policy = spec.Placement ?? new();
        if (spec.PlacementPolicy is { } policyName)
        {
            if (_state.Policy(tenant, @namespace, policyName) is not { } found)
                return new ResolvedWorkload.Unresolved(Waiting("PlacementPolicy", policyName, @namespace));
            policy = found.Spec;
        }
        if (spec.Failover is { } own) policy = policy with { Failover = own };
        if (Fixed("Config", spec.Template.Configs, tenant, @namespace, out IReadOnlyList<FileReference>? configs) is { } noConfig) return noConfig;
        if (Fixed("Secret", ImagePulls.MaterialOf(spec.Template), tenant, @namespace, out IReadOnlyList<FileReference>? secrets) is { } noSecret) return noSecret;
        bool nothingToFix = ReferenceEquals(configs, spec.Template.Configs) && ReferenceEquals(secrets, spec.Template.Secrets);
        WorkloadTemplate template = nothingToFix ? spec.Template : spec.Template with { Configs = configs, Secrets = secrets };
        TemplateRevision declared = RevisionOf(template);
        TemplateRevision revision = declared;
        Rollout? rollout = _state.Rollout(KeyOf(workload)) is { } record && record.WorkloadUid == workload.Metadata.Uid ? record : null;
        if (rollout is { Failure: { Action: FailureAction.Undo } failure, Established: { } established } && failure.Revision == declared)
            (template, revision) = (established.Template, established.Revision);
        // What has one replica on each machine divides itself: a policy chooses its clusters, and no more.
        if (ContainerNeeds.RunsOnEachMachine(template)) policy = policy with { Division = new() { Strategy = DivisionStrategy.Duplicated }, Spread = null, Survive = null };

        var volumes = new List<Volume>();
        foreach (VolumeReference reference in (template.Volumes ?? []).DistinctBy(static reference => reference.Name))
        {
            if (_state.Volume(tenant, @namespace, reference.Name) is not { } volume)
                return new ResolvedWorkload.Unresolved(Waiting("Volume", reference.Name, @namespace));
            volumes.Add(volume);
        }
        var planned = new PlannedWorkload
        {
            Key = KeyOf(workload),
            Uid = workload.Metadata.Uid!,
            Generation = workload.Metadata.Generation!.Value,
            Revision = revision,
            Spec = ReferenceEquals(template, spec.Template) ? spec : spec with { Template = template },
            Policy = policy,
            Volumes = volumes,
            Aim = _state.Relocation(KeyOf(workload)) is { } relocation && relocation.IsOf(workload.Metadata.Uid, workload.Metadata.Generation) ? relocation.Shares : null,
        };
        var complete = new ResolvedWorkload.Complete(planned, revision, declared, rollout);
        if (complete.Completion is not null) return complete with { Planned = planned with { Completed = true } };
        return complete.Fallback is { } fallback ? complete with { Planned = planned with { Fallback = fallback.Template } } : complete;
    }

    /// <summary>A workload's address.</summary>
    public static WorkloadKey KeyOf(Workload workload) =>
        new(workload.Metadata.Tenant!.Value, workload.Metadata.Namespace!, workload.Metadata.Name);

    private static string Waiting(string kind, string name, string @namespace) => $"waiting for {kind} {name}, which does not exist in namespace {@namespace}; apply it";

    private ResolvedWorkload.Unresolved? Fixed(
        string kind, IReadOnlyList<FileReference>? references, TenantId tenant, string @namespace, out IReadOnlyList<FileReference>? resolved)
    {
        resolved = references;
        if (references is null or []) return null;
        if (!_material.Known) return new("waiting for SecretStore, which has not been heard yet: its configs and secrets are unknown");
        var list = new List<FileReference>(references.Count);
        foreach (FileReference reference in references)
        {
            if (_material.Find<MaterialStatus>(kind, $"{tenant}/{@namespace}/{reference.Name}") is not { } status)
                return new(Waiting(kind, reference.Name, @namespace));
            if (reference.Version > status.Version)
                return new($"waiting for version {reference.Version} of {kind} {reference.Name}; the newest is {status.Version}");
            list.Add(reference with { Version = reference.Version ?? status.Version });
        }
        resolved = list;
        return null;
    }

    private static TemplateRevision RevisionOf(WorkloadTemplate template) => new(Revisions.GetValue(template, static t => TemplateRevision.Of(t).Value));
}
