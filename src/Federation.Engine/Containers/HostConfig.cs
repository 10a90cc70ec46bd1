namespace Federation.Engine.Containers;

/// <summary>What a container may use of its machine.</summary>
public sealed record HostConfig
{
    /// <summary>The network that it joins first.</summary>
    public string? NetworkMode { get; init; }

    /// <summary>Its ports (<c>80/tcp</c>) and where they are published.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<PortBinding>>? PortBindings { get; init; }

    /// <summary>What of the machine it sees.</summary>
    public IReadOnlyList<Mount>? Mounts { get; init; }

    /// <summary>Who starts it again.</summary>
    public RestartPolicy? RestartPolicy { get; init; }

    /// <summary>The most memory, in bytes; 0 for no limit.</summary>
    public long Memory { get; init; }

    /// <summary>The most memory and swap together, in bytes.</summary>
    public long MemorySwap { get; init; }

    /// <summary>The most processor time, in billionths of a processor; 0 for no limit.</summary>
    public long NanoCpus { get; init; }

    /// <summary>Its weight where processors are scarce; 1024 is one processor's.</summary>
    public long CpuShares { get; init; }

    /// <summary>Options such as <c>no-new-privileges</c>.</summary>
    public IReadOnlyList<string>? SecurityOpt { get; init; }

    /// <summary>Where its output is kept.</summary>
    public LogConfig? LogConfig { get; init; }
}
