namespace Federation.Tunnel.Connections;

/// <summary>A stream could not be opened: the target was not reached and nothing was sent to it, so that the request may be tried elsewhere.</summary>
public sealed class TunnelRefusedException(string reason) : IOException(reason);
