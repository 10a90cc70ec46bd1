namespace Federation.Domain.Workloads;

/// <summary>How many replicas a cluster makes of its share.</summary>
public enum ContainerMode
{
    /// <summary>As many as the share says.</summary>
    Replicated,

    /// <summary>One on each node that may run it.</summary>
    Global,

    /// <summary>As many as the share says, each of which runs to its end.</summary>
    ReplicatedJob,

    /// <summary>One on each node that may run it, each of which runs to its end.</summary>
    GlobalJob,
}
