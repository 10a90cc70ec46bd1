using Federation.Domain.Chance;
using Federation.Security.Principals;
using Federation.ServiceDefaults.Auth;
using Federation.ServiceDefaults.Resources;
using Federation.Storage;
using Microsoft.AspNetCore.Http;

namespace Federation.ServiceDefaults.Backups;

/// <summary>Audit records of what is the plane's and no tenant's: they stand in the platform's own tenant.</summary>
public static class CopyAudit
{
    /// <summary>The write of one record, for the caller.</summary>
    public static StoreWrite Record(HttpContext http, IStore store, string action, DocumentKey target, DateTimeOffset now, IChance chance)
    {
        ArgumentNullException.ThrowIfNull(store);
        return AuditTrail.Record(new WriteContext(Principal.SystemTenant, http.GetTokenPrincipal().Name, store.Current, now), action, target, chance);
    }
}
