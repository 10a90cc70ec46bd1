namespace Federation.Contracts.Api;

/// <summary>Makes a tenant; for platform administrators.</summary>
/// <param name="Name">Its name, unique in the plane.</param>
public sealed record TenantRequest(string Name);
