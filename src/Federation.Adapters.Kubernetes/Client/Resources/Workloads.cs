namespace Federation.Adapters.Kubernetes.Client.Resources;

/// <summary>A Deployment, ReplicaSet, StatefulSet or DaemonSet: their specifications and statuses share what is used here. A number that is absent is 0.</summary>
internal sealed record ReplicatedObject : IApiObject
{
    public ObjectMeta Metadata { get; init; } = new();

    public ReplicatedSpec Spec { get; init; } = new();

    public ReplicatedStatus Status { get; init; } = new();
}

/// <summary>What a controller is to keep running.</summary>
internal sealed record ReplicatedSpec
{
    public int? Replicas { get; init; }

    public bool Paused { get; init; }

    /// <summary>CronJob: whether it begins nothing for now.</summary>
    public bool Suspend { get; init; }
}

/// <summary>What a controller has got to. Of an older generation until <see cref="ObservedGeneration"/> has caught up.</summary>
internal sealed record ReplicatedStatus
{
    public long ObservedGeneration { get; init; }

    public int Replicas { get; init; }

    public int ReadyReplicas { get; init; }

    public int AvailableReplicas { get; init; }

    public int UpdatedReplicas { get; init; }

    /// <summary>StatefulSet.</summary>
    public string? CurrentRevision { get; init; }

    /// <summary>StatefulSet.</summary>
    public string? UpdateRevision { get; init; }

    /// <summary>DaemonSet.</summary>
    public int DesiredNumberScheduled { get; init; }

    /// <summary>DaemonSet.</summary>
    public int UpdatedNumberScheduled { get; init; }

    /// <summary>DaemonSet.</summary>
    public int NumberAvailable { get; init; }

    public IReadOnlyList<Condition>? Conditions { get; init; }
}

/// <summary>A Job.</summary>
internal sealed record Job : IApiObject
{
    public ObjectMeta Metadata { get; init; } = new();

    public JobSpec Spec { get; init; } = new();

    public JobStatus Status { get; init; } = new();
}

/// <summary>What may change of a Job once it is made.</summary>
internal sealed record JobSpec
{
    public int? Parallelism { get; init; }

    public bool Suspend { get; init; }

    public int? TtlSecondsAfterFinished { get; init; }
}

/// <summary>How far a Job has come: done by its conditions, never by its counts.</summary>
internal sealed record JobStatus
{
    public int Active { get; init; }

    public int Succeeded { get; init; }

    public int Failed { get; init; }

    public IReadOnlyList<Condition>? Conditions { get; init; }
}

/// <summary>A Namespace.</summary>
internal sealed record NamespaceObject : IApiObject
{
    public ObjectMeta Metadata { get; init; } = new();

    public NamespaceStatus Status { get; init; } = new();
}

/// <summary>Whether a namespace stays.</summary>
internal sealed record NamespaceStatus
{
    /// <summary><c>Active</c> or <c>Terminating</c>.</summary>
    public string? Phase { get; init; }

    public IReadOnlyList<Condition>? Conditions { get; init; }
}

/// <summary>The scale subresource.</summary>
internal sealed record Scale : IApiObject
{
    public ObjectMeta Metadata { get; init; } = new();

    public ScaleNumber Spec { get; init; } = new();

    public ScaleNumber Status { get; init; } = new();
}

/// <summary>A number of replicas; 0 where it is absent.</summary>
internal sealed record ScaleNumber
{
    public int Replicas { get; init; }
}
