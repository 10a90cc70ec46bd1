using System.Collections.Concurrent;
using Federation.Domain.Identifiers;
using Federation.Security.AtRest;
using Federation.Storage;

namespace Federation.SecretStore.Keys;

/// <summary>
/// The tenants' data keys, in the store wrapped with the key-encryption key, in memory open. Thread-safe.
/// </summary>
public sealed class KeyVault : IDisposable
{
    private readonly IStore _store;
    private readonly ConcurrentDictionary<string, DataKey> _open = new(StringComparer.Ordinal);
    private volatile KeyRing _ring;

    private KeyVault(IStore store, KeyRing ring)
    {
        _store = store;
        _ring = ring;
    }

    internal KeyRing Ring
    {
        get => _ring;
        set => _ring = value;
    }

    /// <summary>Opens the vault, or makes the key file for a store that holds nothing yet.</summary>
    /// <exception cref="KeyRingException">The file is not the one that the store was sealed with, or cannot be used.</exception>
    public static async Task<KeyVault> OpenAsync(IStore store, string kekFile, CancellationToken cancellationToken)
    {
        WrappingKey? wrapping = store.Current.Read<WrappingKey>(WrappingKey.Address);
        KeyRing ring = wrapping is null && !File.Exists(kekFile) ? KeyRing.Create(kekFile) : KeyRing.Load(kekFile);
        if (wrapping is null)
            await store.CommitAsync(new StoreTransaction { Writes = [new(WrappingKey.Address, StoreDocuments.Encode(new WrappingKey(ring.Current.Id)))] }, cancellationToken);
        var vault = new KeyVault(store, ring);
        // Told at the start, by name, and not at the first secret that is asked for.
        foreach (WrappedDataKey wrapped in store.Current.ReadAll<WrappedDataKey>("DataKey")) vault.Open(wrapped);
        return vault;
    }

    /// <summary>The key that a box was encrypted with.</summary>
    public DataKey Find(TenantId tenant, string dataKeyId) => _open.TryGetValue($"{tenant}/{dataKeyId}", out DataKey? open)
        ? open
        : Open(_store.Current.Read<WrappedDataKey>(TenantKey.AddressOf(tenant.Value, dataKeyId))
            ?? throw new InvalidOperationException($"the data key {dataKeyId} of '{tenant}' is not in the store"));

    /// <summary>The tenant's current key; a new one where it has none.</summary>
    internal KeyForWriting ForWriting(TenantId tenant, IStoreSnapshot snapshot)
    {
        DocumentKey pointer = TenantKey.AddressOf(tenant);
        if (snapshot.Get(pointer) is { } document)
            return new(Find(tenant, document.Read<TenantKey>().DataKeyId), [new(pointer, document.Revision)], []);
        (WrappedDataKey wrapped, StoreCondition wrapping) = Create(tenant, snapshot, out DataKey key);
        return new(key, [new(pointer, 0), wrapping],
        [
            new(pointer, StoreDocuments.Encode(new TenantKey(key.Id))),
            new(TenantKey.AddressOf(tenant.Value, key.Id), StoreDocuments.Encode(wrapped)),
        ]);
    }

    internal (WrappedDataKey Wrapped, StoreCondition Wrapping) Create(TenantId tenant, IStoreSnapshot snapshot, out DataKey key)
    {
        StoredDocument wrapping = snapshot.Get(WrappingKey.Address) ?? throw new InvalidOperationException("the store does not say which key wraps");
        KeyEncryptionKey kek = _ring.Find(wrapping.Read<WrappingKey>().KekId) ?? _ring.Current;
        key = DataKey.Create(tenant.Value);
        _open[$"{tenant}/{key.Id}"] = key;
        return (key.Wrap(kek), new(WrappingKey.Address, wrapping.Revision));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (DataKey key in _open.Values) key.Dispose();
        _ring.Dispose();
    }

    private DataKey Open(WrappedDataKey wrapped) => _open.GetOrAdd($"{wrapped.Scope}/{wrapped.Id}", _ => DataKey.Unwrap(_ring, wrapped));
}
