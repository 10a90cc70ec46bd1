using Federation.Domain.Clusters;
using Federation.Domain.Policies;
using Federation.Domain.Routing;
using Federation.Domain.SecretMaterial;
using Federation.Domain.Tenancy;
using Federation.Domain.Volumes;
using Federation.Domain.Workloads;

namespace Federation.Domain.Resources.Rules;

/// <summary>
/// What a declared resource must meet beyond its form. Files, API bodies and edits of stored resources (scale, cordon) all pass here.
/// References to other resources are not followed: that needs a store.
/// </summary>
public static class ResourceRules
{
    /// <summary>All rules the resource breaks, in the order of its members; empty if it is valid.</summary>
    public static IReadOnlyList<RuleViolation> Check(Resource resource)
    {
        var context = new RuleContext();
        MetadataRules.Check(resource, context);
        DeclaredLimits.Check(resource, context);
        switch (resource)
        {
            case Workload workload: WorkloadRules.Check(workload, context); break;
            case PlacementPolicy policy: PolicyRules.Check("spec", policy.Spec, context); break;
            case Route route: RouteRules.Check(route.Spec, context); break;
            case Config config: MaterialRules.Check(config.Spec, secret: false, context); break;
            case Secret secret: MaterialRules.Check(secret.Spec, secret: true, context); break;
            case Volume volume: VolumeRules.Check(volume.Spec, context); break;
            case Cluster cluster: ClusterRules.Check(cluster.Spec, context); break;
            case Namespace: break;
            default: throw new ArgumentException($"no rules are known for {resource.Kind}", nameof(resource));
        }
        return context.Violations;
    }
}
