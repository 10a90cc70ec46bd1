using System.Security.Cryptography.X509Certificates;
using Federation.Identity.Planes;
using Federation.Security.Authority;
using Federation.Security.Enrollment;
using Federation.Security.Principals;

namespace Federation.Identity.Enrolling;

/// <summary>Identity's own certificate comes from its own authority: it has nobody to join.</summary>
internal sealed class LocalIssuer(PlaneCustodian custodian, TimeProvider time) : ICertificateIssuer
{
    public Task<byte[]> FetchAuthorityAsync(CancellationToken cancellationToken) => Task.FromResult(custodian.Authority.Trust.AuthorityDer.ToArray());

    public Task<byte[]> EnrollAsync(PlaneTrust trust, JoinToken token, byte[] signingRequest, string? node, CancellationToken cancellationToken) => Task.FromResult(Issue(signingRequest));

    public Task<byte[]> RenewAsync(PlaneTrust trust, X509Certificate2 current, byte[] signingRequest, CancellationToken cancellationToken) => Task.FromResult(Issue(signingRequest));

    private byte[] Issue(byte[] signingRequest) => custodian.Authority.Issue(signingRequest, new Peer.Service("identity"), time.GetUtcNow()).Der;
}
