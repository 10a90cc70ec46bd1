using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Federation.Domain.Identifiers;
using Federation.Identity.Accounts;
using Federation.Identity.Planes;
using Federation.Security.Credentials;
using Federation.Storage;

namespace Federation.Identity.Tokens;

/// <summary>
/// Checks client secrets, slowly by design, and therefore at a limited rate of failures. A secret that was right before is checked quickly and is not limited,
/// so that a stranger's failures lock no working client out.
/// </summary>
public sealed class SecretChecks(IStore store, TimeProvider time)
{
    /// <summary>Failures a minute, for one client id; ids share this many counters.</summary>
    public const int FailuresPerMinute = 10;

    private const int Counters = 1024;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private readonly (long WindowStart, int Failures)[] _failures = new (long, int)[Counters];
    private readonly ConcurrentDictionary<string, (string SecretHash, byte[] Digest)> _right = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    /// <summary>Judges a client's secret.</summary>
    public SecretVerdict Check(string clientId, string secret)
    {
        ServiceAccountDocument? account = ServiceAccountDocument.TryParseClientId(clientId, out TenantId tenant, out string name)
            ? store.Current.Read<ServiceAccountDocument>(StoreKinds.ForAccount(tenant, name))
            : null;
        byte[] digest = SHA256.HashData(Encoding.UTF8.GetBytes(secret));
        if (account is not null && _right.TryGetValue(clientId, out var known) && known.SecretHash == account.SecretHash && CryptographicOperations.FixedTimeEquals(known.Digest, digest))
            return new SecretVerdict.Right(account.ToPrincipal());

        int counter = (int)(BitConverter.ToUInt32(SHA256.HashData(Encoding.UTF8.GetBytes(clientId))) % Counters);
        if (Blocked(counter) is { } wait) return new SecretVerdict.Limited(wait);
        if (CredentialHash.Verify(clientId, account?.SecretHash, secret))
        {
            _right[clientId] = (account!.SecretHash, digest);
            return new SecretVerdict.Right(account.ToPrincipal());
        }
        Count(counter);
        return SecretVerdict.Wrong.Instance;
    }

    private TimeSpan? Blocked(int counter)
    {
        lock (_gate)
        {
            (long start, int failures) = _failures[counter];
            TimeSpan left = Window - time.GetElapsedTime(start);
            return failures >= FailuresPerMinute && left > TimeSpan.Zero ? left : null;
        }
    }

    private void Count(int counter)
    {
        lock (_gate)
        {
            (long start, int failures) = _failures[counter];
            _failures[counter] = failures > 0 && time.GetElapsedTime(start) < Window ? (start, failures + 1) : (time.GetTimestamp(), 1);
        }
    }
}
