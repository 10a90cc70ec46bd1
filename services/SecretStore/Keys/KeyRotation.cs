using System.Security.Cryptography;
using Federation.Domain.Chance;
using Federation.Domain.Identifiers;
using Federation.SecretStore.Materials;
using Federation.Security.AtRest;
using Federation.Security.Principals;
using Federation.ServiceDefaults.Resources;
using Federation.Storage;

namespace Federation.SecretStore.Keys;

/// <summary>
/// Rotates both levels of keys while everything goes on being served. Each step is durable and may be the last before a crash: what is left over is
/// finished by the next rotation, and everything can be opened at every instant.
/// </summary>
public sealed class KeyRotation(IStore store, KeyVault vault, TimeProvider time, IChance chance) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1);

    /// <summary>Makes a new key-encryption key and wraps every data key with it; returns its id.</summary>
    /// <exception cref="KeyRingException">The key file cannot be written; nothing changed.</exception>
    public async Task<string> RotateKeyEncryptionKeyAsync(Principal by, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            vault.Ring = vault.Ring.WithNewKey();
            await FinishAsync(by, cancellationToken);
            return vault.Ring.Current.Id;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Finishes a rotation: one that was cut, or one that an operator began by a new first line in the key file.</summary>
    public async Task ResumeAsync(CancellationToken cancellationToken)
    {
        if (vault.Ring.Count > 1) await FinishAsync(new Principal("secretstore", Principal.SystemTenant, Domain.Tenancy.Role.Admin), cancellationToken);
    }

    /// <summary>Gives the tenant a new data key and encrypts everything of it anew.</summary>
    public async Task RotateDataKeyAsync(TenantId tenant, Principal by, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (await NewDataKeyAsync(tenant, by, cancellationToken) is not { } key) return;
            // New writes take the new key from here on, so each pass leaves fewer.
            foreach (StoredDocument version in store.Current.List(MaterialVersion.Kind, $"{tenant}/").ToList()) await ReencryptAsync(version.Key, tenant, key, cancellationToken);
            foreach (string kind in MaterialVersion.Kinds)
            {
                foreach (StoredDocument head in store.Current.List(kind, $"{tenant}/").ToList()) await RefingerprintAsync(head.Key, tenant, key, cancellationToken);
            }
            foreach (StoredDocument old in store.Current.List("DataKey", $"{tenant}/").Where(old => old.Read<WrappedDataKey>().Id != key.Id).ToList())
                await store.CommitAsync(new StoreTransaction { Writes = [new(old.Key, null)] }, cancellationToken);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>The tenants that have a data key.</summary>
    public IReadOnlyList<TenantId> Tenants() => [.. store.Current.List(TenantKey.Kind).Select(document => new TenantId(document.Key.Key))];

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private async Task FinishAsync(Principal by, CancellationToken cancellationToken)
    {
        KeyRing ring = vault.Ring;
        // From this commit on no new data key can be wrapped with an older key.
        await store.CommitAsync(new StoreTransaction
        {
            Writes = [new(WrappingKey.Address, StoreDocuments.Encode(new WrappingKey(ring.Current.Id))), Audit(by, "rotated", new DocumentKey("KeyEncryptionKey", ring.Current.Id))],
        }, cancellationToken);
        while (store.Current.List("DataKey").FirstOrDefault(one => one.Read<WrappedDataKey>().KekId != ring.Current.Id) is { } document)
        {
            using DataKey key = DataKey.Unwrap(ring, document.Read<WrappedDataKey>());
            await store.CommitAsync(new StoreTransaction
            {
                Conditions = [new(document.Key, document.Revision)],
                Writes = [new(document.Key, StoreDocuments.Encode(key.Wrap(ring.Current)))],
            }, cancellationToken);
        }
        vault.Ring = ring.OnlyCurrent();
    }

    private async Task<DataKey?> NewDataKeyAsync(TenantId tenant, Principal by, CancellationToken cancellationToken)
    {
        while (true)
        {
            IStoreSnapshot snapshot = store.Current;
            DocumentKey pointer = TenantKey.AddressOf(tenant);
            if (snapshot.Get(pointer) is not { } present) return null;
            (WrappedDataKey wrapped, StoreCondition wrapping) = vault.Create(tenant, snapshot, out DataKey key);
            CommitOutcome outcome = await store.CommitAsync(new StoreTransaction
            {
                Conditions = [new(pointer, present.Revision), wrapping],
                Writes =
                [
                    new(TenantKey.AddressOf(tenant.Value, key.Id), StoreDocuments.Encode(wrapped)),
                    new(pointer, StoreDocuments.Encode(new TenantKey(key.Id))),
                    Audit(by, "rotated", pointer),
                ],
            }, cancellationToken);
            if (outcome is CommitOutcome.Committed) return key;
        }
    }

    private async Task ReencryptAsync(DocumentKey address, TenantId tenant, DataKey next, CancellationToken cancellationToken)
    {
        while (store.Current.Get(address) is { } document && DataKey.IdOf(document.Body.Span) is { } id && id != next.Id)
        {
            byte[] plaintext = vault.Find(tenant, id).Decrypt(document.Body.Span, address.ToString());
            byte[] box = next.Encrypt(plaintext, address.ToString());
            CryptographicOperations.ZeroMemory(plaintext);
            await store.CommitAsync(new StoreTransaction { Conditions = [new(address, document.Revision)], Writes = [new(address, box)] }, cancellationToken);
        }
    }

    // The fingerprint of the newest version is under the old key: made again from the content.
    private async Task RefingerprintAsync(DocumentKey address, TenantId tenant, DataKey next, CancellationToken cancellationToken)
    {
        while (store.Current is var snapshot && snapshot.Get(address) is { } document && MaterialHead.Read(document) is var head && !head.Fingerprint.StartsWith(next.Id + ":", StringComparison.Ordinal))
        {
            DocumentKey version = MaterialVersion.AddressOf(address, head.Version);
            byte[] plaintext = MaterialVersion.Open(vault, snapshot, tenant, version);
            string fingerprint = next.Fingerprint(plaintext, address.ToString());
            CryptographicOperations.ZeroMemory(plaintext);
            await store.CommitAsync(new StoreTransaction
            {
                Conditions = [new(address, document.Revision)],
                Writes = [new(address, MaterialHead.WithFingerprint(document, fingerprint))],
            }, cancellationToken);
        }
    }

    private StoreWrite Audit(Principal by, string action, DocumentKey target) =>
        AuditTrail.Record(new WriteContext(by.Tenant, by.Name, store.Current, time.GetUtcNow()), action, target, chance);
}
