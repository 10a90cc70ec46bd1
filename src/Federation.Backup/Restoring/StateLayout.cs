using Federation.Security.Authority;

namespace Federation.Backup.Restoring;

/// <summary>Where a plane's stores and keys lie under one state folder, as AppHost lays them out.</summary>
/// <param name="Root">The state folder.</param>
public sealed record StateLayout(string Root)
{
    /// <summary>Identity's store.</summary>
    public string Identity { get; init; } = Path.Combine(Root, "services", "identity", "identity.db");

    /// <summary>Placement's store.</summary>
    public string Placement { get; init; } = Path.Combine(Root, "services", "placement", "placement.db");

    /// <summary>SecretStore's store.</summary>
    public string SecretStore { get; init; } = Path.Combine(Root, "services", "secretstore", "secretstore.db");

    /// <summary>Identity's key-encryption keys.</summary>
    public string IdentityKek { get; init; } = Path.Combine(Root, "keys", "identity-kek");

    /// <summary>SecretStore's key-encryption keys.</summary>
    public string SecretStoreKek { get; init; } = Path.Combine(Root, "keys", "secretstore-kek");

    /// <summary>The first administrator's credentials.</summary>
    public string Administrator { get; init; } = Path.Combine(Root, "bootstrap", "admin.json");

    /// <summary>From which Identity founds the plane anew with the authority that it had.</summary>
    public string Authority => Path.Combine(Path.GetDirectoryName(Identity)!, RecoveredAuthority.FileName);
}
