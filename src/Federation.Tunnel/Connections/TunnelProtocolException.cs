namespace Federation.Tunnel.Connections;

/// <summary>The peer broke the tunnel's protocol; the message names the rule.</summary>
internal sealed class TunnelProtocolException(string rule) : Exception(rule);
