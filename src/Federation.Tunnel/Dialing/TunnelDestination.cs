using Federation.Contracts.V1;
using Federation.Tunnel.Connections;

namespace Federation.Tunnel.Dialing;

/// <summary>Where a connection goes: through which tunnel, and to what behind it.</summary>
/// <param name="Tunnel">The tunnel.</param>
/// <param name="Target">What its peer reaches.</param>
public readonly record struct TunnelDestination(TunnelConnection Tunnel, TunnelOpen Target);
