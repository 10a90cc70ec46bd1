using Federation.Domain.Identifiers;
using Federation.Storage;

namespace Federation.Identity.Planes;

/// <summary>The kinds of documents in Identity's store, beside Namespace and AuditRecord.</summary>
internal static class StoreKinds
{
    public const string Tenant = "Tenant";
    public const string ServiceAccount = "ServiceAccount";
    public const string JoinToken = "JoinToken";
    public const string Member = "Member";
    public const string Revocation = "Revocation";
    public const string SigningKey = "SigningKey";
    public const string DataKey = "DataKey";

    public static DocumentKey ThePlane { get; } = new("Plane", "plane");

    public static DocumentKey ForTenant(TenantId tenant) => new(Tenant, tenant.Value);

    public static DocumentKey ForAccount(TenantId tenant, string name) => new(ServiceAccount, $"{tenant}/{name}");

    public static DocumentKey ForToken(string id) => new(JoinToken, id);

    public static DocumentKey ForRevocation(NodeKey node) => new(Revocation, node.ToString());
}
