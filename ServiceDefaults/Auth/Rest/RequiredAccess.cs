using Federation.Domain.Tenancy;

namespace Federation.ServiceDefaults.Auth;

/// <summary>What an endpoint demands of its caller. Every endpoint under <c>/v1</c> carries this or <see cref="AnonymousCaller"/>.</summary>
/// <param name="Role">The least role.</param>
/// <param name="PlatformAdmin">Whether the caller must administer the platform.</param>
public sealed record RequiredAccess(Role Role, bool PlatformAdmin = false);
