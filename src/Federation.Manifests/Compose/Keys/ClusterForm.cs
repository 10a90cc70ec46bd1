namespace Federation.Manifests.Compose.Keys;

/// <summary>What a workload of a Compose file may run on.</summary>
public enum ClusterForm
{
    /// <summary>A native node without a container engine: it runs the process that x-federation names.</summary>
    Process,

    /// <summary>A native node with a Docker Engine.</summary>
    Engine,

    /// <summary>A Docker Swarm.</summary>
    Swarm,

    /// <summary>A Kubernetes cluster.</summary>
    Kubernetes,
}
