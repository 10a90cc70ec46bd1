namespace Federation.Client;

/// <summary>No answer came from the plane within the time that was to be tried.</summary>
/// <param name="server">The address.</param>
/// <param name="inner">The last failure.</param>
public sealed class PlaneUnreachableException(Uri server, Exception inner)
    : Exception($"{server} does not answer: {inner.Message}", inner)
{
    /// <summary>The address.</summary>
    public Uri Server { get; } = server;
}
