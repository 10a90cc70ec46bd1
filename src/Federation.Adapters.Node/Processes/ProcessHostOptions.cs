using Federation.Adapters.Node.Replicas;
using Federation.Domain.Identifiers;
using Federation.Domain.Quantities;

namespace Federation.Adapters.Node.Processes;

/// <summary>Where a <see cref="ProcessReplicaHost"/> keeps things, and what it may do.</summary>
public sealed record ProcessHostOptions
{
    /// <summary>The cluster, as replicas are told.</summary>
    public required ClusterId Cluster { get; init; }

    /// <summary>The node, as replicas are told.</summary>
    public required NodeId Node { get; init; }

    /// <summary>What its replicas may be promised of the processors: where the machine is contended, they get so much of it together.</summary>
    public CpuMillis Allocatable { get; init; } = MachineProcessors.All;

    /// <summary>On disk, owner-only: output of replicas, user ids of tenants. One agent a folder.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>In memory: replicas' folders and files; a place of the node's own under a memory-backed mount if left out.</summary>
    public string? RuntimeDirectory { get; init; }

    /// <summary>Named volumes; <c>/var/lib/federation/…</c> for root, else under the state folder, if left out.</summary>
    public string? VolumeDirectory { get; init; }

    /// <summary>Folders, separated by colons, that programs are looked for in first.</summary>
    public string? ProgramPath { get; init; }

    /// <summary>Whether each tenant gets a user id of its own where that is possible. Without, the node serves one tenant.</summary>
    public bool TenantIsolation { get; init; } = true;

    /// <summary>The first user id for tenants; derived from the state folder's path, so that agents of one machine do not share any, if left out.</summary>
    public uint? UserIdBase { get; init; }

    /// <summary>The address of the HTTP proxy that a replica reaches other workloads through, with its credentials; null for none.</summary>
    public Func<ReplicaRecord, Uri?>? Proxy { get; init; }

    /// <summary>How large a replica's output may grow before it is rotated.</summary>
    public long LogBytes { get; init; } = 10 * 1024 * 1024;

    /// <summary>How many files of output are kept for a replica, the present one included.</summary>
    public int LogFiles { get; init; } = 3;

    /// <summary>How long the output of a replica stays that is no more.</summary>
    public TimeSpan LogKept { get; init; } = TimeSpan.FromHours(24);
}
