using System.Security.Cryptography;
using Federation.Contracts.Api;
using Federation.Domain.Chance;
using Federation.Security.AtRest;
using Federation.Security.Authority;
using Federation.Security.Principals;
using Federation.Security.Tokens;
using Federation.ServiceDefaults.Auth;
using Federation.ServiceDefaults.Resources;
using Federation.Storage;

namespace Federation.Identity.Planes;

/// <summary>
/// Holds what only Identity holds: the authority, and the keys that sign tokens. On the disk they are sealed with a data key, that one with the
/// key-encryption key, which is in a file of its own. Thread-safe; rotations happen one at a time.
/// </summary>
public sealed class PlaneCustodian : ITokenKeySource, IDisposable
{
    private const string Scope = "identity";
    // A retired key is published until its last token has ended on the slowest clock.
    private static readonly TimeSpan KeepRetired = TokenRules.Lifetime + 2 * TokenRules.Leeway;

    private readonly IStore _store;
    private readonly TokenRules _rules;
    private readonly TimeProvider _time;
    private readonly IChance _chance;
    private readonly SemaphoreSlim _rotation = new(1);
    private KeyRing _ring;
    private volatile Keys _keys;

    private PlaneCustodian(IStore store, KeyRing ring, TokenRules rules, TimeProvider time, IChance chance, PlaneAuthority authority, Keys keys)
    {
        _store = store;
        _ring = ring;
        _rules = rules;
        _time = time;
        _chance = chance;
        Authority = authority;
        _keys = keys;
    }

    /// <summary>The plane's authority.</summary>
    public PlaneAuthority Authority { get; }

    /// <summary>The key that signs new tokens.</summary>
    public SigningKey Signing => _keys.Current;

    /// <inheritdoc/>
    public PlaneKeys Current
    {
        get
        {
            Keys keys = _keys;
            DateTimeOffset now = _time.GetUtcNow();
            return new(_rules, new JsonWebKeySet([keys.Current.Public, .. keys.Retired.Where(old => now < old.RetiredAt + KeepRetired).Select(old => old.Key)]));
        }
    }

    PlaneKeys? ITokenKeySource.Current => Current;

    /// <summary>Nothing newer is to be had than what is held here.</summary>
    public Task<PlaneKeys?> RefreshAsync(CancellationToken cancellationToken) => Task.FromResult<PlaneKeys?>(Current);

    /// <summary>The documents that a new plane begins with: its authority and first signing key, sealed.</summary>
    internal static IReadOnlyList<StoreWrite> NewPlane(PlaneAuthority authority, KeyRing ring, DateTimeOffset now, DateTimeOffset? recoveredAt)
    {
        using DataKey dataKey = DataKey.Create(Scope);
        byte[] privateKey = authority.ExportPrivateKey();
        var document = new PlaneDocument(authority.Trust.Plane, now, authority.Trust.AuthorityDer.ToArray(), dataKey.Encrypt(privateKey, PlaneDocument.KeyAddress), recoveredAt);
        CryptographicOperations.ZeroMemory(privateKey);
        return
        [
            new(StoreKinds.ThePlane, StoreDocuments.Encode(document)),
            new(new DocumentKey(StoreKinds.DataKey, dataKey.Id), StoreDocuments.Encode(dataKey.Wrap(ring.Current))),
            NewSigningKey(dataKey, now, out _),
        ];
    }

    /// <summary>Opens what the store holds of the plane.</summary>
    /// <exception cref="KeyRingException">The key file is not the one that the store was sealed with.</exception>
    internal static PlaneCustodian Open(IStore store, KeyRing ring, TokenRules rules, TimeProvider time, IChance chance)
    {
        IStoreSnapshot snapshot = store.Current;
        PlaneDocument plane = snapshot.Read<PlaneDocument>(StoreKinds.ThePlane) ?? throw new InvalidOperationException("the store holds no plane");
        byte[] privateKey = Decrypt(snapshot, ring, plane.AuthorityKey, PlaneDocument.KeyAddress);
        PlaneAuthority authority = PlaneAuthority.Open(plane.AuthorityCertificate, privateKey);
        CryptographicOperations.ZeroMemory(privateKey);
        return new(store, ring, rules, time, chance, authority, ReadKeys(snapshot, ring));
    }

    /// <summary>Makes a new signing key. Tokens of the one before stay valid until they end.</summary>
    public async Task<string> RotateSigningKeyAsync(Principal by, CancellationToken cancellationToken)
    {
        await _rotation.WaitAsync(cancellationToken);
        try
        {
            IStoreSnapshot snapshot = _store.Current;
            DateTimeOffset now = _time.GetUtcNow();
            WrappedDataKey wrapped = snapshot.ReadAll<WrappedDataKey>(StoreKinds.DataKey).Last();
            using DataKey dataKey = DataKey.Unwrap(_ring, wrapped);
            var writes = new List<StoreWrite> { NewSigningKey(dataKey, now, out string keyId) };
            foreach (SigningKeyDocument old in snapshot.ReadAll<SigningKeyDocument>(StoreKinds.SigningKey))
            {
                DocumentKey key = new(StoreKinds.SigningKey, old.KeyId);
                if (old.RetiredAt is null) writes.Add(new(key, StoreDocuments.Encode(old with { RetiredAt = now })));
                else if (now >= old.RetiredAt + KeepRetired) writes.Add(new(key, null));
            }
            writes.Add(Audit(by, snapshot, "rotated", new DocumentKey(StoreKinds.SigningKey, keyId)));
            await CommitAsync(new StoreTransaction { Writes = writes }, cancellationToken);
            _keys = ReadKeys(_store.Current, _ring);
            return keyId;
        }
        finally
        {
            _rotation.Release();
        }
    }

    /// <summary>
    /// Makes a new key-encryption key and data key, and seals everything with them. Cut at any instant it leaves a file and a store that fit:
    /// the file holds both keys until the store needs the new one alone.
    /// </summary>
    /// <exception cref="KeyRingException">The key file cannot be written; nothing changed.</exception>
    public async Task<string> RotateKeyEncryptionKeyAsync(Principal by, CancellationToken cancellationToken)
    {
        await _rotation.WaitAsync(cancellationToken);
        try
        {
            KeyRing both = _ring.WithNewKey();
            _ring = both;
            IStoreSnapshot snapshot = _store.Current;
            using DataKey dataKey = DataKey.Create(Scope);
            var writes = new List<StoreWrite> { new(new DocumentKey(StoreKinds.DataKey, dataKey.Id), StoreDocuments.Encode(dataKey.Wrap(both.Current))) };
            writes.AddRange(snapshot.List(StoreKinds.DataKey).Select(old => new StoreWrite(old.Key, null)));
            PlaneDocument plane = snapshot.Read<PlaneDocument>(StoreKinds.ThePlane)!;
            writes.Add(new(StoreKinds.ThePlane, StoreDocuments.Encode(plane with { AuthorityKey = Reseal(snapshot, both, dataKey, plane.AuthorityKey, PlaneDocument.KeyAddress) })));
            foreach (SigningKeyDocument signing in snapshot.ReadAll<SigningKeyDocument>(StoreKinds.SigningKey))
            {
                byte[] resealed = Reseal(snapshot, both, dataKey, signing.Key, signing.KeyAddress);
                writes.Add(new(new DocumentKey(StoreKinds.SigningKey, signing.KeyId), StoreDocuments.Encode(signing with { Key = resealed })));
            }
            writes.Add(Audit(by, snapshot, "rotated", new DocumentKey("KeyEncryptionKey", both.Current.Id)));
            await CommitAsync(new StoreTransaction { Writes = writes }, cancellationToken);
            _ring = both.OnlyCurrent();
            return _ring.Current.Id;
        }
        finally
        {
            _rotation.Release();
        }
    }

    /// <summary>A new key for one backup, and how it is kept with the backup: sealed, so that only who has the key-encryption key opens it.</summary>
    internal BackupKeyReply NewBackupKey(DateTimeOffset takenAt)
    {
        using DataKey wrapping = DataKey.Create(BackupSeal.Scope);
        WrappedDataKey wrapped = wrapping.Wrap(_ring.Current);
        byte[] key = RandomNumberGenerator.GetBytes(32);
        string plane = Authority.Trust.Plane;
        return new(plane, takenAt, wrapped.Id, wrapped.KekId, wrapped.Sealed, wrapping.Encrypt(key, BackupSeal.AddressOf(plane, takenAt)), key);
    }

    /// <summary>What the offline kit holds of Identity. The caller clears it.</summary>
    internal KitPart ExportForKit(IEnumerable<string> nodes) =>
        new(Authority.Trust.Plane, Authority.Trust.AuthorityDer.ToArray(), Authority.ExportPrivateKey(), _ring.Export(), [.. nodes]);

    /// <inheritdoc/>
    public void Dispose()
    {
        Authority.Dispose();
        _keys.Current.Dispose();
        _ring.Dispose();
        _rotation.Dispose();
    }

    private static StoreWrite NewSigningKey(DataKey dataKey, DateTimeOffset now, out string keyId)
    {
        using SigningKey key = SigningKey.Create();
        keyId = key.Public.KeyId;
        byte[] privateKey = key.ExportPrivateKey();
        var document = new SigningKeyDocument(keyId, now, null, []);
        document = document with { Key = dataKey.Encrypt(privateKey, document.KeyAddress) };
        CryptographicOperations.ZeroMemory(privateKey);
        return new(new DocumentKey(StoreKinds.SigningKey, keyId), StoreDocuments.Encode(document));
    }

    private static Keys ReadKeys(IStoreSnapshot snapshot, KeyRing ring)
    {
        SigningKey? current = null;
        var retired = new List<(PublicSigningKey, DateTimeOffset)>();
        foreach (SigningKeyDocument document in snapshot.ReadAll<SigningKeyDocument>(StoreKinds.SigningKey))
        {
            byte[] privateKey = Decrypt(snapshot, ring, document.Key, document.KeyAddress);
            SigningKey key = SigningKey.Open(privateKey);
            CryptographicOperations.ZeroMemory(privateKey);
            if (document.RetiredAt is { } at)
            {
                retired.Add((key.Public, at));
                key.Dispose();
            }
            else
            {
                current = key;
            }
        }
        return new(current ?? throw new InvalidOperationException("the store holds no current signing key"), retired);
    }

    private static byte[] Decrypt(IStoreSnapshot snapshot, KeyRing ring, byte[] box, string address)
    {
        WrappedDataKey wrapped = DataKey.IdOf(box) is { } id && snapshot.Read<WrappedDataKey>(new DocumentKey(StoreKinds.DataKey, id)) is { } found
            ? found
            : throw new CryptographicException($"{address}: the data key it is sealed with is not in the store");
        using DataKey dataKey = DataKey.Unwrap(ring, wrapped);
        return dataKey.Decrypt(box, address);
    }

    private static byte[] Reseal(IStoreSnapshot snapshot, KeyRing ring, DataKey next, byte[] box, string address)
    {
        byte[] plaintext = Decrypt(snapshot, ring, box, address);
        byte[] sealedAgain = next.Encrypt(plaintext, address);
        CryptographicOperations.ZeroMemory(plaintext);
        return sealedAgain;
    }

    private StoreWrite Audit(Principal by, IStoreSnapshot snapshot, string action, DocumentKey target) =>
        AuditTrail.Record(new WriteContext(by.Tenant, by.Name, snapshot, _time.GetUtcNow()), action, target, _chance);

    private async Task CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken)
    {
        if (await _store.CommitAsync(transaction, cancellationToken) is CommitOutcome.Conflict conflict)
            throw new InvalidOperationException($"an unconditional write met a conflict at {conflict.Key}");
    }

    private sealed record Keys(SigningKey Current, IReadOnlyList<(PublicSigningKey Key, DateTimeOffset RetiredAt)> Retired);
}
