namespace Federation.Contracts.Api;

/// <summary>A tenant as the API shows it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record TenantView(string Name, DateTimeOffset CreatedAt);
