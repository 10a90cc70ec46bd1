using System.Net;
using System.Net.Sockets;

namespace Federation.Gateway.Hosting;

/// <summary>Where connections enter that another listener of this process accepted and found to speak HTTP/2.</summary>
public sealed class ParkedEndPoint : EndPoint
{
    /// <summary>None; Kestrel's metrics ask for it.</summary>
    public override AddressFamily AddressFamily => AddressFamily.Unspecified;

    /// <inheritdoc/>
    public override string ToString() => "http2";
}
