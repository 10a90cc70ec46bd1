using Federation.Adapters.Images;
using Federation.Domain.Identifiers;
using Federation.Engine.Images;

namespace Federation.Adapters.Swarm;

/// <summary>Which swarm is driven, and for whom.</summary>
public sealed record SwarmOptions
{
    /// <summary>The cluster that the swarm is registered as.</summary>
    public required ClusterId Cluster { get; init; }

    /// <summary>The name of the agent that drives it.</summary>
    public required NodeId Node { get; init; }

    /// <summary>The plane's id, part of every mark of ownership; null while it is not known, and then nothing is written to the swarm.</summary>
    public required Func<string?> Plane { get; init; }

    /// <summary>The machine's own login for an image, for where its workload brings none; null for none.</summary>
    public Func<ImageReference, RegistryLogin?>? Logins { get; init; }

    /// <summary>How soon the swarm is looked at again while something is under way; the swarm tells no events of tasks.</summary>
    public TimeSpan Tick { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How soon it is looked at again while nothing is.</summary>
    public TimeSpan IdleTick { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether workloads may be given rights on the swarm's machines: their folders, Linux capabilities, volume and log drivers.</summary>
    public bool MachineRights { get; init; }

    /// <summary>The agent's version, as reported.</summary>
    public string? AgentVersion { get; init; }
}
