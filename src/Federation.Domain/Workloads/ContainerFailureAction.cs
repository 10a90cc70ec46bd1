namespace Federation.Domain.Workloads;

/// <summary>What a cluster does when an update fails in it.</summary>
public enum ContainerFailureAction
{
    /// <summary>It stops where it is.</summary>
    Pause,

    /// <summary>It goes on.</summary>
    Continue,

    /// <summary>It goes back.</summary>
    Rollback,
}
