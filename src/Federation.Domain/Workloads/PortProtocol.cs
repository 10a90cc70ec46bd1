namespace Federation.Domain.Workloads;

/// <summary>What a port speaks.</summary>
public enum PortProtocol
{
    /// <summary>HTTP/1.1.</summary>
    Http,

    /// <summary>HTTP/2 without TLS, as gRPC uses it.</summary>
    Http2,

    /// <summary>Bytes.</summary>
    Tcp,

    /// <summary>Datagrams; neither the ingress nor calls between clusters carry them.</summary>
    Udp,
}
