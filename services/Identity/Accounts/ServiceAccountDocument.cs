using Federation.Contracts.Api;
using Federation.Domain.Identifiers;
using Federation.Domain.Tenancy;
using Federation.Security.Credentials;
using Federation.Security.Principals;
using Federation.Security.Tokens;

namespace Federation.Identity.Accounts;

/// <summary>A service account. Of its secret only a hash is kept.</summary>
internal sealed record ServiceAccountDocument(string Name, TenantId Tenant, Role Role, string SecretHash, DateTimeOffset CreatedAt, string CreatedBy)
{
    /// <summary>The client id: <c>TENANT.NAME</c>, unique in the plane since names hold no dots.</summary>
    public string ClientId => $"{Tenant}.{Name}";

    public static ServiceAccountDocument Create(TenantId tenant, string name, Role role, DateTimeOffset now, string by, out string secret)
    {
        secret = CredentialHash.NewSecret();
        return new(name, tenant, role, CredentialHash.Hash($"{tenant}.{name}", secret), now, by);
    }

    /// <summary>The account that a client id may name.</summary>
    public static bool TryParseClientId(string clientId, out TenantId tenant, out string name)
    {
        tenant = default;
        name = "";
        if (clientId.Split('.') is not [var first, var second] || Domain.Identifiers.Name.Violation(first) is not null || Domain.Identifiers.Name.Violation(second) is not null) return false;
        tenant = new TenantId(first);
        name = second;
        return true;
    }

    public Principal ToPrincipal() => new(Name, Tenant, Role);

    public ServiceAccountView ToView() => new(Name, Tenant.Value, TokenSigner.RoleText(Role), ClientId, CreatedAt);

    public ServiceAccountReply ToReply(string secret) => new(Name, Tenant.Value, TokenSigner.RoleText(Role), ClientId, secret);
}
