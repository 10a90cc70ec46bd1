namespace Federation.Domain.Workloads;

/// <summary>Where a published port is opened.</summary>
public enum PublishMode
{
    /// <summary>On every node of the cluster, for any replica.</summary>
    Ingress,

    /// <summary>On the node of each replica, for that replica alone.</summary>
    Host,
}
