namespace Federation.Contracts.Api;

/// <summary>A new service account with its secret, shown once.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Tenant">Its tenant.</param>
/// <param name="Role">Its role.</param>
/// <param name="ClientId">For <c>client_credentials</c>.</param>
/// <param name="ClientSecret">For <c>client_credentials</c>; kept as a hash only.</param>
public sealed record ServiceAccountReply(string Name, string Tenant, string Role, string ClientId, string ClientSecret)
{
    /// <summary>Prints everything but the secret.</summary>
    public override string ToString() => $"service account {Tenant}/{Name} ({Role}), client {ClientId}";
}
