namespace Federation.Grpc.Streams;

/// <summary>A stream ended other than cleanly. The outcome of what was sent last is unknown.</summary>
public sealed class StreamBrokenException(string message, Exception? inner = null) : IOException(message, inner);
