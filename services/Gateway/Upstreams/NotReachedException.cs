namespace Federation.Gateway.Upstreams;

/// <summary>A replica could not be connected to. Nothing of the request was sent, so that any request may be tried elsewhere.</summary>
public sealed class NotReachedException(string reason, Exception? inner = null) : IOException(reason, inner);
