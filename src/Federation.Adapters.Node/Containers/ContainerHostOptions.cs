using System.Net;
using Federation.Adapters.Images;
using Federation.Adapters.Node.Replicas;
using Federation.Domain.Identifiers;
using Federation.Engine.Images;

namespace Federation.Adapters.Node.Containers;

/// <summary>What a <see cref="ContainerReplicaHost"/> is told.</summary>
public sealed record ContainerHostOptions
{
    /// <summary>The cluster, as replicas are told.</summary>
    public required ClusterId Cluster { get; init; }

    /// <summary>The node, as replicas are told.</summary>
    public required NodeId Node { get; init; }

    /// <summary>The agent's folder: what tells its containers from those of other agents.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>The plane's mark for the labels of containers; null while it is not known.</summary>
    public Func<string?>? Plane { get; init; }

    /// <summary>The HTTP proxy that a container reaches other workloads through, at the address of this machine in its network; null for none.</summary>
    public Func<ReplicaRecord, IPAddress, Uri?>? Proxy { get; init; }

    /// <summary>The loopback port of that proxy, which is opened at the machine's address in each network of containers; null for none.</summary>
    public int? ProxyPort { get; init; }

    /// <summary>The machine's own login for an image, for where its workload brings none; null for none.</summary>
    public Func<ImageReference, RegistryLogin?>? Logins { get; init; }

    /// <summary>Whether workloads may be given rights on this machine: its folders and devices, Linux capabilities, privileged containers.</summary>
    public bool MachineRights { get; init; }

    /// <summary>How often it is tried whether an engine that was silent answers.</summary>
    public TimeSpan LookAgain { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long an agent that starts waits for the engine.</summary>
    public TimeSpan StartPatience { get; init; } = TimeSpan.FromSeconds(3);
}
