using Federation.Domain.Tenancy;
using Federation.Identity.Planes;
using Federation.ServiceDefaults.Resources;
using Federation.Storage;

namespace Federation.Identity.Tenants;

/// <summary>A namespace belongs to a tenant that exists; <c>default</c> stays.</summary>
internal sealed class NamespaceRules : ResourceRules<Namespace>
{
    /// <inheritdoc/>
    public override ResourceChange OnApply(Namespace desired, Namespace? present, WriteContext context)
    {
        DocumentKey tenant = StoreKinds.ForTenant(context.Tenant);
        return context.Snapshot.Get(tenant) is { } document
            ? new ResourceChange.Allowed([new StoreCondition(tenant, document.Revision)], [])
            : new ResourceChange.Refused(ResourceProblem.Unresolved($"the tenant {context.Tenant} does not exist; make it with POST /v1/tenants"));
    }

    /// <inheritdoc/>
    public override ResourceChange OnDelete(Namespace present, WriteContext context) => present.Metadata.Name == PlaneFounding.DefaultNamespace
        ? new ResourceChange.Refused(ResourceProblem.InUse($"the namespace {PlaneFounding.DefaultNamespace} is each tenant's first and is not removed"))
        : ResourceChange.Allowed.Alone;
}
