using Federation.Domain.Identifiers;

namespace Federation.Adapters.Kubernetes;

/// <summary>Which cluster is driven, and for whom.</summary>
public sealed record KubernetesOptions
{
    /// <summary>The cluster that it is registered as.</summary>
    public required ClusterId Cluster { get; init; }

    /// <summary>The name of the agent that drives it.</summary>
    public required NodeId Node { get; init; }

    /// <summary>The plane's id, part of every mark of ownership; null while it is not known, and then nothing is written to the cluster.</summary>
    public required Func<string?> Plane { get; init; }

    /// <summary>The Kubernetes namespace for what is the plane's own: the highest term that was obeyed.</summary>
    public string SystemNamespace { get; init; } = "federation";

    /// <summary>How soon the orders are thought over again while something is under way and the cluster tells nothing.</summary>
    public TimeSpan Tick { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How soon they are while nothing is.</summary>
    public TimeSpan IdleTick { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How soon Services, network policies and what pods read are looked at again, of which the cluster does not tell when others change them or take them away.</summary>
    public TimeSpan BesideTick { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How large a volume is where nobody says it.</summary>
    public const string UsualVolumeSize = "10Gi";

    /// <summary>How large a volume is whose manifest does not say it.</summary>
    public string VolumeSize { get; init; } = UsualVolumeSize;

    /// <summary>The storage class of volumes whose manifests do not say it; the cluster's own choice if null.</summary>
    public string? StorageClass { get; init; }

    /// <summary>Whether replicas are given node ports: a Service for each, which anybody reaches who reaches its node.</summary>
    public bool NodePorts { get; init; }

    /// <summary>Whether the cluster's own network keeps NetworkPolicies, so that workloads may have closed networks. The cluster itself does not tell.</summary>
    public bool KeepsPolicies { get; init; }

    /// <summary>Whether workloads may be given rights on the cluster's machines: their folders and name spaces, Linux capabilities, privileged containers, and fields that reach as far.</summary>
    public bool MachineRights { get; init; }

    /// <summary>The agent's version, as reported.</summary>
    public string? AgentVersion { get; init; }
}
