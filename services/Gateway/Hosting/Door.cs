namespace Federation.Gateway.Hosting;

/// <summary>The listener a connection came in by; a feature of the connection, and through it of each request. Without one it is the API's or the agents' door.</summary>
public enum Door
{
    /// <summary>Workload traffic from outside.</summary>
    Ingress,

    /// <summary>Calls between workloads, through agents' tunnels.</summary>
    Mesh,
}
