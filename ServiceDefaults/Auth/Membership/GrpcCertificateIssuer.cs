using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Federation.Contracts.V1;
using Federation.Grpc.Client;
using Federation.Grpc.Methods;
using Federation.Grpc.Status;
using Federation.Security.Authority;
using Federation.Security.Enrollment;
using Federation.Security.Tls;
using Federation.ServiceDefaults.Grpc;
using Google.Protobuf;

namespace Federation.ServiceDefaults.Auth;

/// <summary>Identity's enrollment over the network. A connection each: it happens once a day.</summary>
/// <param name="address">Identity's gRPC address.</param>
/// <param name="time">The clock.</param>
public sealed class GrpcCertificateIssuer(Uri address, TimeProvider time) : ICertificateIssuer
{
    private const string Identity = "identity";
    private static readonly GrpcCallOptions Options = new() { Timeout = TimeSpan.FromSeconds(10) };

    /// <inheritdoc/>
    public async Task<byte[]> FetchAuthorityAsync(CancellationToken cancellationToken)
    {
        AuthorityReply reply = await CallAsync(PlaneMethods.FetchAuthority, new AuthorityRequest(), PlaneTls.ForFirstContact(), null, cancellationToken);
        return reply.Authority.ToByteArray();
    }

    /// <inheritdoc/>
    public async Task<byte[]> EnrollAsync(PlaneTrust trust, JoinToken token, byte[] signingRequest, string? node, CancellationToken cancellationToken)
    {
        var request = new EnrollRequest { JoinToken = token.Reveal(), SigningRequest = ByteString.CopyFrom(signingRequest), Node = node ?? "" };
        return Leaf(await CallAsync(PlaneMethods.Enroll, request, PlaneTls.ForEnrollment(trust, Identity, time), null, cancellationToken));
    }

    /// <inheritdoc/>
    public async Task<byte[]> RenewAsync(PlaneTrust trust, X509Certificate2 current, byte[] signingRequest, CancellationToken cancellationToken)
    {
        var request = new RenewRequest { SigningRequest = ByteString.CopyFrom(signingRequest) };
        return Leaf(await CallAsync(PlaneMethods.RenewCertificate, request, PlaneTls.ForEnrollment(trust, Identity, time), current, cancellationToken));
    }

    private static byte[] Leaf(CertificateReply reply) =>
        reply.Chain.Count > 0 ? reply.Chain[0].ToByteArray() : throw new EnrollmentRefusedException("Identity's answer holds no certificate");

    private async Task<TReply> CallAsync<TRequest, TReply>(
        GrpcMethod<TRequest, TReply> method, TRequest request, SslClientAuthenticationOptions tls, X509Certificate2? certificate, CancellationToken cancellationToken)
        where TRequest : class, IMessage<TRequest>
        where TReply : class, IMessage<TReply>
    {
        using var channel = new GrpcChannel(address, new GrpcChannelOptions
        {
            ServerCertificateValidation = tls.RemoteCertificateValidationCallback,
            ClientCertificate = certificate is null ? null : () => certificate,
        });
        try
        {
            return await channel.UnaryAsync(method, request, Options, cancellationToken);
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.PermissionDenied or StatusCode.Unauthenticated or StatusCode.InvalidArgument or StatusCode.FailedPrecondition)
        {
            throw new EnrollmentRefusedException(e.Detail, e);
        }
        catch (RpcException e)
        {
            throw new IOException($"Identity at {address} does not answer: {e.Message}", e);
        }
    }
}
