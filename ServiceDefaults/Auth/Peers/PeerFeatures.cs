using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using Federation.Grpc.Server;
using Federation.Security.Authority;
using Federation.Security.Enrollment;
using Federation.Security.Principals;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Federation.ServiceDefaults.Auth;

/// <summary>Who is at the other end of a gRPC call, by the connection's client certificate.</summary>
public static class PeerFeatures
{
    // A connection's certificate is one object for its life: its chain is judged once, its age at every call.
    private static readonly ConditionalWeakTable<X509Certificate2, PeerVerdict> Judged = [];

    /// <summary>The peer.</summary>
    /// <exception cref="InvalidOperationException">There is none: the method is open to anonymous callers, and this one showed no certificate that holds.</exception>
    public static Peer GetPeer(this HttpContext context) => Judge(context) switch
    {
        PeerVerdict.Accepted accepted => accepted.Peer,
        PeerVerdict.Expired expired => expired.Peer,
        _ => throw new InvalidOperationException("the connection has no peer"),
    };

    /// <summary>The client certificate of the connection; null if the client showed none.</summary>
    public static X509Certificate2? GetPeerCertificate(this HttpContext context) => context.Connection.ClientCertificate;

    /// <summary>Whether the connection's peer is one of those that may call.</summary>
    internal static bool Authorize(HttpContext context, AllowedPeers allowed)
    {
        Peer? peer = Judge(context) switch
        {
            PeerVerdict.Accepted accepted => accepted.Peer,
            PeerVerdict.Expired expired when context.GetEndpoint()?.Metadata.GetMetadata<ExpiredCertificateServes>() is not null => expired.Peer,
            _ => null,
        };
        bool may = (peer, allowed) switch
        {
            (_, AllowedPeers.AnonymousPeers) => true,
            (null, _) => false,
            (Peer.Agent, AllowedPeers.AgentPeers or AllowedPeers.AgentAndServicePeers) => true,
            (Peer.Service, AllowedPeers.ServicePeers or AllowedPeers.AgentAndServicePeers) => true,
            (Peer.Service service, AllowedPeers.NamedService named) => service.Name == named.Name,
            _ => false,
        };
        if (may && peer is Peer.Agent) context.RequestServices.GetRequiredService<RevokedPeers>().Guard(context, context.Connection.ClientCertificate!);
        return may;
    }

    private static PeerVerdict? Judge(HttpContext context)
    {
        if (context.Connection.ClientCertificate is not { } certificate) return null;
        if (context.RequestServices.GetRequiredService<CertificateKeeper>().Current?.Trust is not { } trust) return null;
        DateTimeOffset now = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        if (!Judged.TryGetValue(certificate, out PeerVerdict? verdict))
        {
            verdict = trust.Judge(certificate, now);
            Judged.AddOrUpdate(certificate, verdict);
        }
        if (verdict is not PeerVerdict.Refused && context.RequestServices.GetRequiredService<RevokedPeers>().Covers(certificate))
            return new PeerVerdict.Refused("the certificate is revoked");
        return verdict is PeerVerdict.Accepted accepted && now >= certificate.NotAfter ? new PeerVerdict.Expired(accepted.Peer, certificate.NotAfter) : verdict;
    }
}
