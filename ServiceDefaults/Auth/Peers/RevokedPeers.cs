using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Security.Cryptography.X509Certificates;
using Federation.Security.Principals;
using Microsoft.AspNetCore.Http;

namespace Federation.ServiceDefaults.Auth;

/// <summary>
/// The peers whose certificates were revoked, and when: a certificate that began before does not serve, one issued later (by a new join token) does.
/// A snapshot that is swapped whole; readers never lock.
/// </summary>
public sealed class RevokedPeers
{
    private readonly ConcurrentDictionary<HttpContext, X509Certificate2> _open = new();
    private volatile FrozenDictionary<string, DateTimeOffset> _byIdentity = FrozenDictionary<string, DateTimeOffset>.Empty;

    /// <summary>The list: a peer's URI to the time of its revocation.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Current => _byIdentity;

    /// <summary>Takes a newer list, and breaks off the calls under way of those that it names.</summary>
    public void Replace(IReadOnlyDictionary<string, DateTimeOffset> list)
    {
        _byIdentity = list.ToFrozenDictionary(StringComparer.Ordinal);
        foreach ((HttpContext call, X509Certificate2 certificate) in _open) BreakOff(call, certificate);
    }

    /// <summary>Breaks the call off the moment that its certificate is revoked: a stream lives for days, and its peer was judged at its beginning.</summary>
    internal void Guard(HttpContext call, X509Certificate2 certificate)
    {
        _open[call] = certificate;
        call.Response.OnCompleted(() =>
        {
            _open.TryRemove(call, out _);
            return Task.CompletedTask;
        });
        // A list that came in between has not seen it.
        BreakOff(call, certificate);
    }

    private void BreakOff(HttpContext call, X509Certificate2 certificate)
    {
        if (Covers(certificate)) call.Abort();
    }

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
