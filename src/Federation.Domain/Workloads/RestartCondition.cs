namespace Federation.Domain.Workloads;

/// <summary>After which ends a replica is started again.</summary>
public enum RestartCondition
{
    /// <summary>After every end.</summary>
    Always,

    /// <summary>After an end with another exit code than 0. Once all replicas have ended with 0 the workload is Completed.</summary>
    OnFailure,

    /// <summary>Never. Once all replicas have ended with exit code 0 the workload is Completed, after another end it is Failed.</summary>
    Never,
}
