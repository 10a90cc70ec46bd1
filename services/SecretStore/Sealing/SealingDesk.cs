using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Federation.Contracts.V1;
using Federation.Domain.Chance;
using Federation.Domain.Identifiers;
using Federation.Grpc.Status;
using Federation.SecretStore.Keys;
using Federation.SecretStore.Materials;
using Federation.Security.Authority;
using Federation.Security.Enrollment;
using Federation.Security.Principals;
using Federation.Security.Sealing;
using Federation.ServiceDefaults.Auth;
using Federation.ServiceDefaults.Resources;
using Federation.Storage;
using Google.Protobuf;
using WriteContext = Federation.ServiceDefaults.Resources.WriteContext;

namespace Federation.SecretStore.Sealing;

/// <summary>
/// Delivers Secrets and Configs: opens versions and seals them at once to the key of the agent that needs them. The plaintext exists in between, in one buffer,
/// which is cleared. Who got what goes into the audit trail before the answer leaves.
/// </summary>
public sealed class SealingDesk(IStore store, KeyVault vault, CertificateKeeper keeper, RevokedPeers revoked, TimeProvider time, IChance chance)
{
    private const int MaxReferences = 200;

    /// <summary>Answers the call Sealing.Seal.</summary>
    /// <exception cref="RpcException">The request is refused; the status and its text say why.</exception>
    public async Task<SealReply> SealAsync(SealRequest request, CancellationToken cancellationToken)
    {
        if (request.References.Count > MaxReferences) throw new RpcException(StatusCode.InvalidArgument, $"at most {MaxReferences} references are sealed in one call");
        if (Name.Violation(request.Tenant) is { } tenantRule) throw new RpcException(StatusCode.InvalidArgument, $"tenant: {tenantRule}");
        if (Name.Violation(request.Namespace) is { } namespaceRule) throw new RpcException(StatusCode.InvalidArgument, $"namespace: {namespaceRule}");
        using X509Certificate2 certificate = ReadCertificate(request.RecipientCertificate);
        Peer.Agent recipient = Recipient(certificate);
        var tenant = new TenantId(request.Tenant);
        IStoreSnapshot snapshot = store.Current;
        DateTimeOffset now = time.GetUtcNow();
        var context = new WriteContext(tenant, $"placement for {recipient.Node}, assignment {request.AssignmentId}", snapshot, now);
        var reply = new SealReply();
        var audit = new List<StoreWrite>();
        foreach (MaterialReference reference in request.References)
        {
            SealedMaterial material = SealOne(snapshot, tenant, request.Namespace, reference, certificate);
            reply.Material.Add(material);
            audit.Add(AuditTrail.Record(context, "sealed", new DocumentKey(
                reference.Kind, string.Create(CultureInfo.InvariantCulture, $"{tenant}/{request.Namespace}/{reference.Name}@{material.Version}")), chance));
        }
        if (audit.Count > 0) await store.CommitAsync(new StoreTransaction { Writes = audit }, cancellationToken);
        return reply;
    }

    private SealedMaterial SealOne(IStoreSnapshot snapshot, TenantId tenant, string @namespace, MaterialReference reference, X509Certificate2 recipient)
    {
        if (!MaterialVersion.Kinds.Contains(reference.Kind)) throw new RpcException(StatusCode.InvalidArgument, "a reference's kind is Secret or Config");
        if (Name.Violation(reference.Name) is { } rule) throw new RpcException(StatusCode.InvalidArgument, $"a reference's name: {rule}");
        var head = new DocumentKey(reference.Kind, $"{tenant}/{@namespace}/{reference.Name}");
        if (snapshot.Get(head) is not { } document) throw new RpcException(StatusCode.NotFound, $"{head} does not exist");
        int version = reference.Version == 0 ? MaterialHead.Read(document).Version : reference.Version;
        DocumentKey address = MaterialVersion.AddressOf(head, version);
        if (version < 0 || snapshot.Get(address) is null) throw new RpcException(StatusCode.NotFound, $"version {version} of {head} is not kept");
        byte[] plaintext = MaterialVersion.Open(vault, snapshot, tenant, address);
        try
        {
            byte[] box = SealedBox.Seal(recipient, plaintext, SealedBox.MaterialPurpose(reference.Kind, reference.Name, version));
            return new SealedMaterial { Kind = reference.Kind, Name = reference.Name, Version = version, Box = UnsafeByteOperations.UnsafeWrap(box) };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plaintext);
        }
    }

    private Peer.Agent Recipient(X509Certificate2 certificate)
    {
        KeptCertificate own = keeper.Current ?? throw new RpcException(StatusCode.Unavailable, "SecretStore is not a member of the plane yet");
        if (own.Trust.Judge(certificate, time.GetUtcNow()) is not PeerVerdict.Accepted accepted)
            throw new RpcException(StatusCode.PermissionDenied, "the recipient's certificate is not one of this plane, or has expired");
        if (accepted.Peer is not Peer.Agent agent) throw new RpcException(StatusCode.PermissionDenied, "the recipient is not an agent");
        return revoked.Covers(certificate) ? throw new RpcException(StatusCode.PermissionDenied, $"the node {agent.Node} was revoked") : agent;
    }

    private static X509Certificate2 ReadCertificate(ByteString der)
    {
        try
        {
            return X509CertificateLoader.LoadCertificate(der.Span);
        }
        catch (CryptographicException)
        {
            throw new RpcException(StatusCode.InvalidArgument, "recipient_certificate is no certificate");
        }
    }
}
