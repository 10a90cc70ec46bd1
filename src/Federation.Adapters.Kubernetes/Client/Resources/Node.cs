namespace Federation.Adapters.Kubernetes.Client.Resources;

/// <summary>A machine of the cluster.</summary>
internal sealed record Node : IApiObject
{
    public ObjectMeta Metadata { get; init; } = new();

    public NodeSpec Spec { get; init; } = new();

    public NodeStatus Status { get; init; } = new();
}

/// <summary>What may run on a node.</summary>
internal sealed record NodeSpec
{
    public bool Unschedulable { get; init; }

    public IReadOnlyList<Taint>? Taints { get; init; }
}

/// <summary>Keeps off a node what does not tolerate it.</summary>
internal sealed record Taint
{
    public string Key { get; init; } = "";

    public string? Value { get; init; }

    /// <summary><c>NoSchedule</c>, <c>PreferNoSchedule</c> or <c>NoExecute</c>.</summary>
    public string Effect { get; init; } = "";
}

/// <summary>What a kubelet says of its machine.</summary>
internal sealed record NodeStatus
{
    public IReadOnlyDictionary<string, string>? Capacity { get; init; }

    public IReadOnlyDictionary<string, string>? Allocatable { get; init; }

    public IReadOnlyList<Condition>? Conditions { get; init; }

    public IReadOnlyList<NodeAddress>? Addresses { get; init; }

    public NodeSystem? NodeInfo { get; init; }
}

/// <summary>An address of a node.</summary>
internal sealed record NodeAddress
{
    /// <summary><c>InternalIP</c>, <c>ExternalIP</c>, <c>Hostname</c> and more.</summary>
    public string Type { get; init; } = "";

    public string Address { get; init; } = "";
}

/// <summary>A node's system.</summary>
internal sealed record NodeSystem
{
    public string? Architecture { get; init; }

    public string? OperatingSystem { get; init; }

    public string? KubeletVersion { get; init; }
}
