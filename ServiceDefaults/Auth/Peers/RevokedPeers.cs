using System.Collections.Frozen;
using System.Security.Cryptography.X509Certificates;
using Federation.Security.Principals;

namespace Federation.ServiceDefaults.Auth;

/// <summary>
/// The peers whose certificates were revoked, and when: a certificate that began before does not serve, one issued later (by a new join token) does.
/// A snapshot that is swapped whole; readers never lock.
/// </summary>
public sealed class RevokedPeers
{
    private volatile FrozenDictionary<string, DateTimeOffset> _byIdentity = FrozenDictionary<string, DateTimeOffset>.Empty;

    /// <summary>The list: a peer's URI to the time of its revocation.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Current => _byIdentity;

    /// <summary>Takes a newer list.</summary>
    public void Replace(IReadOnlyDictionary<string, DateTimeOffset> list) => _byIdentity = list.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Whether the certificate is revoked.</summary>
    public bool Covers(X509Certificate2 certificate)
    {
        FrozenDictionary<string, DateTimeOffset> list = _byIdentity;
        return list.Count > 0
            && PeerIdentity.TryRead(certificate, out PeerIdentity? identity)
            && list.TryGetValue(identity.ToString(), out DateTimeOffset revoked)
            && certificate.NotBefore <= revoked;
    }
}
