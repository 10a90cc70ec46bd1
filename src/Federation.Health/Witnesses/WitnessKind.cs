namespace Federation.Health.Witnesses;

/// <summary>How something of a cluster's life is seen.</summary>
public enum WitnessKind
{
    /// <summary>An agent's stream to Health, and the lease that it renews.</summary>
    Agent,

    /// <summary>An agent's tunnel to a gateway.</summary>
    Tunnel,

    /// <summary>What gateways see replicas answer.</summary>
    DataPath,

    /// <summary>The cluster's own management API, as an agent that drives it from outside sees it.</summary>
    ManagementApi,
}
