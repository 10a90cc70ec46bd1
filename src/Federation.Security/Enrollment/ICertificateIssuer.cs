using System.Security.Cryptography.X509Certificates;
using Federation.Security.Authority;

namespace Federation.Security.Enrollment;

/// <summary>The seam to Identity's enrollment. Every call may be repeated: a token serves its first key again, and a renewal has no effect but its answer.</summary>
public interface ICertificateIssuer
{
    /// <summary>Fetches the authority's certificate (DER) from a server that is not yet trusted; the caller checks it against its join token.</summary>
    /// <exception cref="IOException">It cannot be reached.</exception>
    Task<byte[]> FetchAuthorityAsync(CancellationToken cancellationToken);

    /// <summary>Exchanges a join token for a certificate.</summary>
    /// <exception cref="IOException">Identity cannot be reached; try again.</exception>
    /// <exception cref="EnrollmentRefusedException">Identity refused; the same again will be refused again.</exception>
    Task<byte[]> EnrollAsync(PlaneTrust trust, JoinToken token, byte[] signingRequest, string? node, CancellationToken cancellationToken);

    /// <summary>Renews the certificate over a connection that is authenticated with it.</summary>
    /// <exception cref="IOException">Identity cannot be reached; try again.</exception>
    /// <exception cref="EnrollmentRefusedException">Identity refused: revoked, or expired for too long.</exception>
    Task<byte[]> RenewAsync(PlaneTrust trust, X509Certificate2 current, byte[] signingRequest, CancellationToken cancellationToken);
}
