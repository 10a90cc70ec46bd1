using Federation.Contracts.V1;

namespace Federation.Tunnel.Hosting;

/// <summary>What a connection that came through a tunnel is; among the connection's features, and through them each request's.</summary>
public interface ITunnelFeature
{
    /// <summary>What the opener asked for.</summary>
    TunnelOpen Target { get; }

    /// <summary>Who is at the other end of the tunnel, as whoever accepted the tunnel authenticated it.</summary>
    object? Peer { get; }
}
