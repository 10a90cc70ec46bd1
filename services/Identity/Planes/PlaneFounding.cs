using System.Security.Cryptography;
using System.Text.Json;
using Federation.Domain.Chance;
using Federation.Domain.Identifiers;
using Federation.Domain.Json;
using Federation.Domain.Tenancy;
using Federation.Identity.Accounts;
using Federation.Identity.Tenants;
using Federation.Security.AtRest;
using Federation.Security.Authority;
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
        string recovered = Path.Combine(options.StateDirectory, RecoveredAuthority.FileName);
        if (store.Current.Get(StoreKinds.ThePlane) is not null)
        {
            // Left by a start that ended between the founding and this: the store has it now.
            File.Delete(recovered);
            return KeyRing.Load(options.KekFile);
        }
        if (!File.Exists(options.KekFile)) DurableFile.EnsurePrivateFolder(Path.GetDirectoryName(Path.GetFullPath(options.KekFile))!);
        KeyRing ring = File.Exists(options.KekFile) ? KeyRing.Load(options.KekFile) : KeyRing.Create(options.KekFile);
        DateTimeOffset now = time.GetUtcNow();
        bool anew = File.Exists(recovered);
        using PlaneAuthority authority = anew ? Recovered(recovered) : PlaneAuthority.Create(options.PlaneId ?? "p" + chance.NextUid()[..12], now);
        var writes = new List<StoreWrite>(PlaneCustodian.NewPlane(authority, ring, now, anew ? now : null));
        var system = Principal.SystemTenant;
        var @default = new TenantId(DefaultTenant);
        foreach (TenantId tenant in new[] { system, @default })
            writes.Add(new(StoreKinds.ForTenant(tenant), StoreDocuments.Encode(new TenantDocument(tenant.Value, now))));
        writes.Add(TenantDocument.NamespaceOf(@default, DefaultNamespace, now, chance));

        DurableFile.EnsurePrivateFolder(options.BootstrapDirectory);
        writes.Add(NewAccount(options, "admin", system, Role.Admin, now));
        writes.Add(NewAccount(options, "developer", @default, Role.Deployer, now));
        CommitOutcome outcome = await store.CommitAsync(new StoreTransaction { Conditions = [new(StoreKinds.ThePlane, 0)], Writes = writes }, cancellationToken);
        if (outcome is not CommitOutcome.Committed) throw new InvalidOperationException("the plane was founded by another while the store was held");
        File.Delete(recovered);
        return ring;
    }

    // A lost plane, founded anew from its kit: with the authority that its machines know.
    private static PlaneAuthority Recovered(string file)
    {
        try
        {
            DurableFile.RequirePrivate(file);
            RecoveredAuthority kept = JsonSerializer.Deserialize<RecoveredAuthority>(File.ReadAllBytes(file), DomainJson.Options) ?? throw new JsonException("it is empty");
            var authority = PlaneAuthority.Open(kept.Certificate, kept.Key);
            CryptographicOperations.ZeroMemory(kept.Key);
            return authority;
        }
        catch (Exception e) when (e is JsonException or CryptographicException or UnauthorizedAccessException)
        {
            throw new KeyRingException($"{file} cannot be used: {e.Message}. Run fedctl recover again", e);
        }
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
