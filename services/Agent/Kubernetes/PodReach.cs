namespace Federation.Agent.Kubernetes;

/// <summary>How the ports of pods are reached.</summary>
public enum PodReach
{
    /// <summary>At the pod's address where that answers within a second; else by the API server.</summary>
    Probed,

    /// <summary>At the pod's address alone.</summary>
    Address,

    /// <summary>At a port of the pod's node that leads to the pod alone, where it has one and that answers within a second; else by the API server.</summary>
    NodePort,

    /// <summary>By the API server alone, as <c>kubectl port-forward</c> does.</summary>
    Forward,
}
