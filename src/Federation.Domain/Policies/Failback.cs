namespace Federation.Domain.Policies;

/// <summary>Whether work returns to a cluster that it had to leave when that was lost.</summary>
public enum Failback
{
    /// <summary>It stays where it went; the cluster takes part in later decisions.</summary>
    Never,

    /// <summary>When a person asks for it: <c>fedctl failback</c>.</summary>
    Manual,

    /// <summary>By itself, once the cluster has been ready for some time without a break.</summary>
    Automatic,
}
