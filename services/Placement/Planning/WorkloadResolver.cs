using System.Security.Cryptography;
using System.Text.Json;
using Federation.Domain.Identifiers;
using Federation.Domain.Json;
using Federation.Domain.Policies;
using Federation.Domain.SecretMaterial;
using Federation.Domain.Volumes;
using Federation.Domain.Workloads;
using Federation.Feeds;
using Federation.Placement.Documents;
using Federation.Scheduling;

namespace Federation.Placement.Planning;

/// <summary>Looks up what a workload refers to: its policy, volumes, configs and secrets.</summary>
/// <param name="state">Placement's own documents.</param>
/// <param name="material">SecretStore's feed: names and versions of configs and secrets.</param>
public sealed class WorkloadResolver(PlacementState state, FeedView material)
{
    /// <summary>The kinds that Placement follows at SecretStore.</summary>
    public static readonly IReadOnlyList<string> FollowedKinds = ["Config", "Secret"];

    /// <summary>Looks everything up.</summary>
    public ResolvedWorkload Resolve(Workload workload)
    {
        TenantId tenant = workload.Metadata.Tenant!.Value;
        string @namespace = workload.Metadata.Namespace!;
        WorkloadSpec spec = workload.Spec;
        PlacementPolicySpec policy = spec.Placement ?? new();
        if (spec.PlacementPolicy is { } policyName)
        {
            if (state.Policy(tenant, @namespace, policyName) is not { } found)
                return new ResolvedWorkload.Unresolved($"PlacementPolicy {policyName} does not exist in namespace {@namespace}; apply it");
            policy = found.Spec;
        }
        var volumes = new List<Volume>();
        foreach (VolumeReference reference in spec.Template.Volumes ?? [])
        {
            if (state.Volume(tenant, @namespace, reference.Name) is not { } volume)
                return new ResolvedWorkload.Unresolved($"Volume {reference.Name} does not exist in namespace {@namespace}; apply it");
            volumes.Add(volume);
        }
        if (Fixed("Config", spec.Template.Configs, tenant, @namespace, out IReadOnlyList<FileReference>? configs) is { } noConfig) return noConfig;
        if (Fixed("Secret", spec.Template.Secrets, tenant, @namespace, out IReadOnlyList<FileReference>? secrets) is { } noSecret) return noSecret;
        WorkloadTemplate template = spec.Template with { Configs = configs, Secrets = secrets };
        var planned = new PlannedWorkload
        {
            Key = KeyOf(workload),
            Uid = workload.Metadata.Uid!,
            Generation = workload.Metadata.Generation!.Value,
            Spec = spec with { Template = template },
            Policy = policy,
            Volumes = volumes,
        };
        return new ResolvedWorkload.Complete(planned, RevisionOf(template));
    }

    /// <summary>A workload's address.</summary>
    public static WorkloadKey KeyOf(Workload workload) =>
        new(workload.Metadata.Tenant!.Value, workload.Metadata.Namespace!, workload.Metadata.Name);

    private ResolvedWorkload.Unresolved? Fixed(
        string kind, IReadOnlyList<FileReference>? references, TenantId tenant, string @namespace, out IReadOnlyList<FileReference>? resolved)
    {
        resolved = references;
        if (references is null or []) return null;
        if (!material.Known) return new("SecretStore has not been heard yet; its configs and secrets are unknown");
        var list = new List<FileReference>(references.Count);
        foreach (FileReference reference in references)
        {
            if (material.Find<MaterialStatus>(kind, $"{tenant}/{@namespace}/{reference.Name}") is not { } status)
                return new($"{kind} {reference.Name} does not exist in namespace {@namespace}; apply it");
            if (reference.Version > status.Version)
                return new($"{kind} {reference.Name} has no version {reference.Version}; the newest is {status.Version}");
            list.Add(reference with { Version = reference.Version ?? status.Version });
        }
        resolved = list;
        return null;
    }

    private static TemplateRevision RevisionOf(WorkloadTemplate template) =>
        new(Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(template, DomainJson.Options)).AsSpan(0, 8)));
}
