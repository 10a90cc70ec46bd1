namespace Federation.Domain.Workloads;

/// <summary>In which order a replica is replaced.</summary>
public enum UpdateOrder
{
    /// <summary>The old one stops before the new one starts.</summary>
    StopFirst,

    /// <summary>The new one runs before the old one stops.</summary>
    StartFirst,
}
