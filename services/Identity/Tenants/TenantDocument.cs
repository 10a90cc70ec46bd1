using Federation.Domain.Chance;
using Federation.Domain.Identifiers;
using Federation.Domain.Resources;
using Federation.Domain.Tenancy;
using Federation.Storage;

namespace Federation.Identity.Tenants;

/// <summary>A tenant.</summary>
/// <param name="Name">Its name.</param>
/// <param name="CreatedAt">When it was made.</param>
internal sealed record TenantDocument(string Name, DateTimeOffset CreatedAt)
{
    /// <summary>The write that gives a tenant a namespace.</summary>
    public static StoreWrite NamespaceOf(TenantId tenant, string name, DateTimeOffset now, IChance chance)
    {
        var made = new Namespace
        {
            Metadata = new ResourceMetadata { Name = name, Tenant = tenant, Uid = chance.NextUid(), Generation = 1, CreatedAt = now },
        };
        return new(new DocumentKey(made.Kind, $"{tenant}/{name}"), StoreDocuments.Encode(made));
    }
}
