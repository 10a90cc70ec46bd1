using Federation.Domain.Identifiers;
using Federation.Domain.Tenancy;

namespace Federation.Security.Principals;

/// <summary>Who calls the REST API, as its token says.</summary>
/// <param name="Name">The service account's or user's name, unique in its tenant.</param>
/// <param name="Tenant">The tenant everything it sees and writes belongs to.</param>
/// <param name="Role">What it may do there.</param>
public sealed record Principal(string Name, TenantId Tenant, Role Role)
{
    /// <summary>The tenant of the platform's own administrators.</summary>
    public static TenantId SystemTenant { get; } = new("system");

    /// <summary>Whether it administers the platform: admin in the tenant <c>system</c>.</summary>
    public bool IsPlatformAdmin => Role == Role.Admin && Tenant == SystemTenant;
}
