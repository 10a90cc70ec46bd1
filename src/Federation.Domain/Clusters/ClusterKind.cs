namespace Federation.Domain.Clusters;

/// <summary>What drives a cluster's work.</summary>
public enum ClusterKind
{
    /// <summary>Bare machines, an Agent on each.</summary>
    Node,

    /// <summary>A Docker Swarm.</summary>
    Swarm,

    /// <summary>A Kubernetes cluster.</summary>
    Kubernetes,
}
