using System.Net;

namespace Federation.Gateway.Hosting;

/// <summary>Where connections enter that another listener of this process accepted and found to speak HTTP/2.</summary>
public sealed class ParkedEndPoint : EndPoint
{
    /// <inheritdoc/>
    public override string ToString() => "http2";
}
