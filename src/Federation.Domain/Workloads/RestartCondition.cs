namespace Federation.Domain.Workloads;

/// <summary>After which ends a replica is started again.</summary>
public enum RestartCondition
{
    /// <summary>After every end.</summary>
    Always,

    /// <summary>After an end with another exit code than 0.</summary>
    OnFailure,

    /// <summary>Never.</summary>
    Never,
}
