namespace Federation.Adapters.Kubernetes.Client;

/// <summary>What becomes of an object that is deleted.</summary>
internal abstract record Deletion
{
    /// <summary>It is not there any more, or was not.</summary>
    public sealed record Gone : Deletion;

    /// <summary>It is still there, with a deletionTimestamp, until finalizers or grace are over.</summary>
    public sealed record Going : Deletion;

    /// <summary>What has the name now is another object, or another version of it, than was said: it is left alone.</summary>
    public sealed record Another(string Message) : Deletion;
}

/// <summary>What becomes of the objects that a deleted one owns.</summary>
internal enum Propagation
{
    /// <summary>They go first.</summary>
    Foreground,

    /// <summary>They go afterwards.</summary>
    Background,

    /// <summary>They stay, without an owner.</summary>
    Orphan,
}

/// <summary>How an object is deleted. The policy is always said: what a server does otherwise depends on the kind, and orphans the pods of a Job.</summary>
internal sealed record DeleteRequest(Propagation Propagation)
{
    /// <summary>Only if it is this object.</summary>
    public string? Uid { get; init; }

    /// <summary>Only if it is this version of it.</summary>
    public string? ResourceVersion { get; init; }

    public long? GracePeriodSeconds { get; init; }

    public bool DryRun { get; init; }
}

/// <summary>What becomes of a pod's eviction.</summary>
internal abstract record Eviction
{
    /// <summary>It is allowed; the pod ends within its grace.</summary>
    public sealed record Allowed : Eviction;

    /// <summary>A disruption budget does not allow it now.</summary>
    public sealed record BudgetSpent(string Message, TimeSpan? RetryAfter) : Eviction;

    /// <summary>The pod is not there any more, or another has its name.</summary>
    public sealed record Gone : Eviction;
}
