namespace Federation.Domain.Workloads;

/// <summary>What follows from what a port speaks.</summary>
public static class PortProtocols
{
    /// <summary>Whether it takes connections, so that checks, the ingress and tunnels reach it.</summary>
    public static bool Connects(this PortProtocol protocol) => protocol != PortProtocol.Udp;
}
