using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Federation.Domain.Chance;
using Federation.Domain.Identifiers;
using Federation.Identity.Planes;
using Federation.Security.Authority;
using Federation.Security.Enrollment;
using Federation.Security.Principals;
using Federation.ServiceDefaults.Resources;
using Federation.Storage;

namespace Federation.Identity.Enrolling;

/// <summary>Decides who gets a certificate. Every issue is one transaction with the token's use and the audit record, and follows its commit.</summary>
public sealed class EnrollmentDesk(IStore store, PlaneCustodian custodian, TimeProvider time, IChance chance)
{
    private const int Attempts = 16;
    private const string BadToken = "the join token is unknown, expired or used; make one with: fedctl node join-token CLUSTER";

    /// <summary>Exchanges a join token. Of two machines that use one token at once, one wins.</summary>
    /// <param name="tokenText">The token as it was sent.</param>
    /// <param name="signingRequest">PKCS#10.</param>
    /// <param name="node">The node's name, for a token that is bound to a cluster alone.</param>
    /// <param name="local">Whether the caller is on this machine.</param>
    /// <param name="cancellationToken">Abandons the waiting.</param>
    public async Task<EnrollOutcome> EnrollAsync(string tokenText, byte[] signingRequest, string node, bool local, CancellationToken cancellationToken)
    {
        if (!JoinToken.TryParse(tokenText, out JoinToken? token)) return new EnrollOutcome.Malformed("a join token has the form fjt1.ID.SECRET.HASH");
        if (KeyHash(signingRequest) is not { } keyHash) return new EnrollOutcome.Malformed("the signing request is not a PKCS#10 request signed by a key on P-256");
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            IStoreSnapshot snapshot = store.Current;
            DateTimeOffset now = time.GetUtcNow();
            StoredDocument? stored = snapshot.Get(StoreKinds.ForToken(token.Id));
            JoinTokenDocument? document = stored?.Read<JoinTokenDocument>();
            if (document is null || !token.Matches(document.SecretHash) || now >= document.ExpiresAt) return new EnrollOutcome.Refused(BadToken);
            if (PeerOf(document, node, local, out Peer? peer) is { } refusal) return refusal;
            if (document.UsedByKey is { } used && (used != keyHash || (peer is Peer.Agent again && again.Node.Node != document.UsedByNode))) return new EnrollOutcome.Refused(BadToken);

            MemberDocument? member = snapshot.Read<MemberDocument>(MemberKey(peer!));
            // Whoever holds a cluster's token must not take the place of one of its nodes; a token for that very node, or its revocation, allows it.
            if (peer is Peer.Agent agent && document.Node is null && member is not null && member.KeyHash != keyHash
                && now < member.NotAfter + PlaneTrust.RenewalGrace && snapshot.Get(StoreKinds.ForRevocation(agent.Node)) is null)
                return new EnrollOutcome.Refused($"the node {agent.Node} is a member with another key; to replace it, make a token with: fedctl node join-token {agent.Node.Cluster} --node {agent.Node.Node}");

            var writes = new List<StoreWrite>();
            if (document.Service is null)
            {
                JoinTokenDocument spent = document with { UsedByKey = keyHash, UsedByNode = ((Peer.Agent)peer!).Node.Node };
                writes.Add(new(stored!.Key, StoreDocuments.Encode(spent)));
            }
            if (await IssueAsync(snapshot, peer!, keyHash, signingRequest, "enrolled", [new(stored!.Key, stored.Revision)], writes, cancellationToken) is { } issued) return issued;
        }
        return new EnrollOutcome.Refused("the token is being used by others all the time; try again");
    }

    /// <summary>Renews the certificate of a connection, expired or not, if the machine is still the one that joined under the name.</summary>
    public async Task<EnrollOutcome> RenewAsync(Peer peer, X509Certificate2 current, byte[] signingRequest, CancellationToken cancellationToken)
    {
        if (KeyHash(signingRequest) is not { } keyHash) return new EnrollOutcome.Malformed("the signing request is not a PKCS#10 request signed by a key on P-256");
        if (keyHash != Hash(current.PublicKey)) return new EnrollOutcome.Refused("a renewal is for the key of the certificate that is renewed");
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            IStoreSnapshot snapshot = store.Current;
            if (snapshot.Read<MemberDocument>(MemberKey(peer)) is { } member ? member.KeyHash != keyHash : !JoinedBeforeRecovery(snapshot, current))
                return new EnrollOutcome.Refused("another machine has joined under this name since; join again with a new token");
            if (peer is Peer.Agent agent && snapshot.Read<RevocationDocument>(StoreKinds.ForRevocation(agent.Node)) is { } revocation && current.NotBefore <= revocation.RevokedAt)
                return new EnrollOutcome.Refused($"the node {agent.Node} was revoked; join again with a new token");
            if (await IssueAsync(snapshot, peer, keyHash, signingRequest, "renewed", [], [], cancellationToken) is { } issued) return issued;
        }
        return new EnrollOutcome.Refused("the certificate is being renewed by others all the time; try again");
    }

    // A restored store may not know who joined since the backup; the authority's own certificate says that it did.
    private static bool JoinedBeforeRecovery(IStoreSnapshot snapshot, X509Certificate2 current) =>
        snapshot.Read<PlaneDocument>(StoreKinds.ThePlane)?.RecoveredAt is { } recoveredAt && current.NotBefore.ToUniversalTime() <= recoveredAt.UtcDateTime;

    internal static DocumentKey MemberKey(Peer peer) => new(StoreKinds.Member, peer switch
    {
        Peer.Agent agent => $"agent/{agent.Node}",
        Peer.Service service => $"service/{service.Name}",
        _ => throw new ArgumentException($"{peer.GetType().Name} is no member", nameof(peer)),
    });

    private async Task<EnrollOutcome?> IssueAsync(
        IStoreSnapshot snapshot, Peer peer, string keyHash, byte[] signingRequest, string action, StoreCondition[] conditions, List<StoreWrite> writes, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        IssuedLeaf leaf = custodian.Authority.Issue(signingRequest, peer, now);
        DocumentKey memberKey = MemberKey(peer);
        writes.Add(new(memberKey, StoreDocuments.Encode(new MemberDocument(keyHash, leaf.Serial, leaf.NotAfter))));
        writes.Add(AuditTrail.Record(new WriteContext(Principal.SystemTenant, memberKey.Key, snapshot, now), action, memberKey, chance));
        CommitOutcome outcome = await store.CommitAsync(new StoreTransaction
        {
            Conditions = [.. conditions, new(memberKey, snapshot.Get(memberKey)?.Revision ?? 0)],
            Writes = writes,
        }, cancellationToken);
        return outcome is CommitOutcome.Committed ? new EnrollOutcome.Issued(leaf.Der) : null;
    }

    private static EnrollOutcome.Refused? PeerOf(JoinTokenDocument document, string node, bool local, out Peer? peer)
    {
        peer = null;
        if (document.Service is { } service)
        {
            if (!local) return new EnrollOutcome.Refused(BadToken);
            peer = new Peer.Service(service);
            return null;
        }
        if (document.Cluster is not { } cluster) return new EnrollOutcome.Refused(BadToken);
        if (document.Node is { } bound && node.Length > 0 && node != bound.Value) return new EnrollOutcome.Refused($"the join token is for another node of {cluster}");
        string name = document.Node?.Value ?? node;
        if (Name.Violation(name) is { } rule) return new EnrollOutcome.Refused($"the join token is for any node of {cluster}, and the machine must name itself: {rule}");
        peer = new Peer.Agent(new NodeKey(cluster, new NodeId(name)));
        return null;
    }

    private static string? KeyHash(byte[] signingRequest)
    {
        try
        {
            return Hash(PlaneAuthority.ReadRequestKey(signingRequest));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static string Hash(PublicKey key) => Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));
}
