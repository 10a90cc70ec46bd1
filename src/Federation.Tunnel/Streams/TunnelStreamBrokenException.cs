namespace Federation.Tunnel.Streams;

/// <summary>An open stream was reset, or its tunnel ended. What was sent last may or may not have arrived.</summary>
public sealed class TunnelStreamBrokenException(string reason) : IOException(reason);
