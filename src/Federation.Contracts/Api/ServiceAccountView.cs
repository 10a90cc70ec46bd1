namespace Federation.Contracts.Api;

/// <summary>A service account as the API shows it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Tenant">Its tenant.</param>
/// <param name="Role">Its role.</param>
/// <param name="ClientId">For <c>client_credentials</c>.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record ServiceAccountView(string Name, string Tenant, string Role, string ClientId, DateTimeOffset CreatedAt);
