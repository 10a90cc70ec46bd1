using Federation.Domain.Tenancy;

namespace Federation.Dashboard.Sessions;

/// <summary>Who is signed in. It lives in the browser's cookie alone, encrypted.</summary>
public sealed record Session
{
    /// <summary>The service account.</summary>
    public required string ClientId { get; init; }

    /// <summary>Its secret: the dashboard fetches the account's tokens with it, as fedctl does.</summary>
    public required string ClientSecret { get; init; }

    /// <summary>The account's name in its tenant.</summary>
    public required string Name { get; init; }

    /// <summary>The account's own tenant.</summary>
    public required string OwnTenant { get; init; }

    /// <summary>The account's role. It only decides which buttons are drawn: the plane checks every call.</summary>
    public required Role Role { get; init; }

    /// <summary>The tenant that is looked at; another than the own one for platform administrators alone.</summary>
    public required string Tenant { get; init; }

    /// <summary>When it ends.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Whether the account administers the platform.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsPlatformAdmin => OwnTenant == Federation.Security.Principals.Principal.SystemTenant.Value && Role == Role.Admin;

    /// <summary>Whether workloads may be changed.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool MayDeploy => Role >= Role.Deployer;

    /// <summary>Whether the tenant's accounts may be seen.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool MayAdminister => Role == Role.Admin;

    /// <summary>Prints everything but the secret.</summary>
    public override string ToString() => $"{ClientId} ({Role}), tenant {Tenant}";
}
