using Federation.Domain.Identifiers;
using Federation.Identity.Planes;
using Federation.Security.Principals;
using Federation.Storage;

namespace Federation.Identity.Enrolling;

/// <summary>A node whose certificates do not serve any more, if they began before.</summary>
internal sealed record RevocationDocument(NodeKey Node, DateTimeOffset RevokedAt, string RevokedBy)
{
    /// <summary>All of them: the node's URI to the time.</summary>
    public static Dictionary<string, DateTimeOffset> All(IStoreSnapshot snapshot, string plane) => snapshot.ReadAll<RevocationDocument>(StoreKinds.Revocation)
        .ToDictionary(one => new PeerIdentity(plane, new Peer.Agent(one.Node)).ToString(), one => one.RevokedAt, StringComparer.Ordinal);
}
