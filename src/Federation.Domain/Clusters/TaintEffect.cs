namespace Federation.Domain.Clusters;

/// <summary>What an untolerated taint does.</summary>
public enum TaintEffect
{
    /// <summary>Keeps new replicas away.</summary>
    NoSchedule,

    /// <summary>Counts against the cluster in scoring.</summary>
    PreferNoSchedule,

    /// <summary>Keeps new replicas away and moves the present ones.</summary>
    NoExecute,
}
