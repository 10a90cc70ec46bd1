namespace Federation.Contracts.Api;

/// <summary>Makes a service account in the caller's tenant.</summary>
/// <param name="Name">Its name, unique in the tenant.</param>
/// <param name="Role"><c>viewer</c>, <c>deployer</c> or <c>admin</c>.</param>
public sealed record ServiceAccountRequest(string Name, string Role);
