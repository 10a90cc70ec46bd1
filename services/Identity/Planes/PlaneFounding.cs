using System.Text.Json;
using Federation.Domain.Chance;
using Federation.Domain.Identifiers;
using Federation.Domain.Json;
using Federation.Domain.Tenancy;
using Federation.Identity.Accounts;
using Federation.Identity.Tenants;
using Federation.Security.AtRest;
using Federation.Security.Files;
using Federation.Security.Principals;
using Federation.Storage;

namespace Federation.Identity.Planes;

/// <summary>
/// The first start: makes the plane with the tenants <c>system</c> and <c>default</c>, the namespace <c>default</c>, an administrator and a developer, in one transaction.
/// The credentials' files are written before it, so that a crash in between leaves no account whose secret nobody knows: the next start founds the plane anew.
/// </summary>
internal static class PlaneFounding
{
    public const string DefaultTenant = "default";
    public const string DefaultNamespace = "default";

    public static async Task<KeyRing> FoundAsync(IStore store, IdentityOptions options, TimeProvider time, IChance chance, CancellationToken cancellationToken)
    {
        if (store.Current.Get(StoreKinds.ThePlane) is not null) return KeyRing.Load(options.KekFile);
        if (!File.Exists(options.KekFile)) DurableFile.EnsurePrivateFolder(Path.GetDirectoryName(Path.GetFullPath(options.KekFile))!);
        KeyRing ring = File.Exists(options.KekFile) ? KeyRing.Load(options.KekFile) : KeyRing.Create(options.KekFile);
        DateTimeOffset now = time.GetUtcNow();
        string plane = options.PlaneId ?? "p" + chance.NextUid()[..12];
        var writes = new List<StoreWrite>(PlaneCustodian.NewPlane(plane, ring, now, out _));
        var system = Principal.SystemTenant;
        var @default = new TenantId(DefaultTenant);
        foreach (TenantId tenant in new[] { system, @default })
            writes.Add(new(StoreKinds.ForTenant(tenant), StoreDocuments.Encode(new TenantDocument(tenant.Value, now))));
        writes.Add(TenantDocument.NamespaceOf(@default, DefaultNamespace, now, chance));

        DurableFile.EnsurePrivateFolder(options.BootstrapDirectory);
        writes.Add(NewAccount(options, "admin", system, Role.Admin, now));
        writes.Add(NewAccount(options, "developer", @default, Role.Deployer, now));
        CommitOutcome outcome = await store.CommitAsync(new StoreTransaction { Conditions = [new(StoreKinds.ThePlane, 0)], Writes = writes }, cancellationToken);
        return outcome is CommitOutcome.Committed ? ring : throw new InvalidOperationException("the plane was founded by another while the store was held");
    }

    private static StoreWrite NewAccount(IdentityOptions options, string name, TenantId tenant, Role role, DateTimeOffset now)
    {
        ServiceAccountDocument account = ServiceAccountDocument.Create(tenant, name, role, now, "founding", out string secret);
        byte[] file = JsonSerializer.SerializeToUtf8Bytes(new BootstrapCredentials(account.ClientId, secret, tenant.Value), DomainJson.Indented);
        DurableFile.Replace(Path.Combine(options.BootstrapDirectory, name + ".json"), file);
        return new(StoreKinds.ForAccount(tenant, name), StoreDocuments.Encode(account));
    }

    private sealed record BootstrapCredentials(string ClientId, string ClientSecret, string Tenant);
}
