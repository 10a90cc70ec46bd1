using Federation.Adapters.Node.Hosting;
using Federation.Adapters.Node.Processes;
using Federation.Adapters.Node.Replicas;

namespace Federation.Adapters.Node.Containers;

/// <summary>One replica's container in the host's hands. Guarded by the host's lock, but for what is set once.</summary>
internal sealed class HostedContainer(ReplicaRecord record, ContainerFolder folder, string name)
{
    public ReplicaRecord Record { get; } = record;

    public ContainerFolder Folder { get; } = folder;

    public string Name { get; } = name;

    /// <summary>The engine's id; null until it is made.</summary>
    public string? Container { get; set; }

    public string? Image { get; set; }

    /// <summary>How it is asked to end.</summary>
    public string StopSignal { get; set; } = "SIGTERM";

    /// <summary>Its address in its network, while it runs.</summary>
    public string? Address { get; set; }

    /// <summary>Its first process on this machine; null where that is not seen.</summary>
    public ProcessIdentity? Process { get; set; }

    /// <summary>Whether its process was seen.</summary>
    public bool Begun { get; set; }

    /// <summary>A start is under way: its outcome alone says what became of it.</summary>
    public bool Starting { get; set; }

    /// <summary>A guard was started by this agent.</summary>
    public bool Guarded { get; set; }

    public bool Killed { get; set; }

    public ReplicaEnd? End { get; set; }

    /// <summary>What is being done before it begins, for a person.</summary>
    public string Doing { get; set; } = "its container is being made";

    /// <summary>Ends a start that is under way.</summary>
    public CancellationTokenSource Stopping { get; } = new();

    /// <summary>Takes over its output; completes once there can be no more.</summary>
    public Task? Pump { get; set; }

    /// <summary>The engine's time of the newest output that was taken over. Its pump's own.</summary>
    public string Seen { get; set; } = "";

    public ReplicaUsage Usage { get; set; }
}
