using System.Security.Cryptography.X509Certificates;
using Federation.Security.Authority;
using Federation.Security.Enrollment;
using Federation.Security.Principals;

namespace Federation.Security.Tests.Enrollment;

/// <summary>An Identity without a network: one token, one peer, and switches for what goes wrong.</summary>
internal sealed class LocalIssuer(PlaneAuthority authority, Peer peer, TimeProvider time) : ICertificateIssuer
{
    public JoinToken Token { get; } = JoinToken.Create(authority.Trust);

    public int UnreachableCalls { get; set; }

    public bool RefuseRenewal { get; set; }

    public bool LoseNextReply { get; set; }

    public int Enrolled { get; private set; }

    public int Renewed { get; private set; }

    public string? SeenNode { get; private set; }

    public Task<byte[]> FetchAuthorityAsync(CancellationToken cancellationToken)
    {
        Reach();
        return Task.FromResult(authority.Trust.AuthorityDer.ToArray());
    }

    public Task<byte[]> EnrollAsync(PlaneTrust trust, JoinToken token, byte[] signingRequest, string? node, CancellationToken cancellationToken)
    {
        Reach();
        if (token.Id != Token.Id || !token.Matches(Token.SecretHash())) throw new EnrollmentRefusedException("unknown token");
        SeenNode = node;
        Enrolled++;
        return Issue(signingRequest);
    }

    public Task<byte[]> RenewAsync(PlaneTrust trust, X509Certificate2 current, byte[] signingRequest, CancellationToken cancellationToken)
    {
        Reach();
        if (RefuseRenewal || authority.Trust.Judge(current, time.GetUtcNow()) is PeerVerdict.Refused) throw new EnrollmentRefusedException("revoked");
        Renewed++;
        return Issue(signingRequest);
    }

    private Task<byte[]> Issue(byte[] signingRequest)
    {
        byte[] leaf = authority.Issue(signingRequest, peer, time.GetUtcNow()).Der;
        if (!LoseNextReply) return Task.FromResult(leaf);
        LoseNextReply = false;
        throw new IOException("the reply was lost");
    }

    private void Reach()
    {
        if (UnreachableCalls <= 0) return;
        UnreachableCalls--;
        throw new IOException("Identity does not answer");
    }
}
