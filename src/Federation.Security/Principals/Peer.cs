using Federation.Domain.Identifiers;

namespace Federation.Security.Principals;

/// <summary>Who is at the other end of a mutually authenticated connection, as its certificate's URI says: <c>federation://PLANE/agent/CLUSTER/NODE</c> or <c>federation://PLANE/service/NAME</c>.</summary>
public abstract record Peer
{
    private Peer() { }

    /// <summary>An Agent, bound to one node (for clusters with an engine of their own, the node's name is the agent's).</summary>
    /// <param name="Node">The cluster and node.</param>
    public sealed record Agent(NodeKey Node) : Peer;

    /// <summary>One of the plane's services.</summary>
    /// <param name="Name"><c>placement</c>, <c>health</c>, <c>gateway</c>, <c>identity</c> or <c>secretstore</c>.</param>
    public sealed record Service(string Name) : Peer;
}
