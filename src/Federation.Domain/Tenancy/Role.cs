namespace Federation.Domain.Tenancy;

/// <summary>What a principal may do in its tenant; each role includes the ones before it.</summary>
public enum Role
{
    /// <summary>Reads everything but secret values.</summary>
    Viewer,

    /// <summary>Also writes workloads, routes, policies, volumes, configs and secrets.</summary>
    Deployer,

    /// <summary>Also manages namespaces, service accounts and tokens; in the tenant <c>system</c> also clusters and tenants.</summary>
    Admin,
}
