namespace Federation.Engine.Containers;

/// <summary>A container to be made. What is left out is the image's, or else the daemon's default.</summary>
public sealed record ContainerSpec
{
    /// <summary>The image: a reference or, surer, its id.</summary>
    public required string Image { get; init; }

    /// <summary>The program and its first arguments.</summary>
    public IReadOnlyList<string>? Entrypoint { get; init; }

    /// <summary>Arguments after the entrypoint's own.</summary>
    public IReadOnlyList<string>? Cmd { get; init; }

    /// <summary><c>NAME=VALUE</c>, over the image's own.</summary>
    public IReadOnlyList<string>? Env { get; init; }

    /// <summary>Where it starts.</summary>
    public string? WorkingDir { get; init; }

    /// <summary>Whom it runs as: <c>user</c> or <c>user:group</c>, by name or number.</summary>
    public string? User { get; init; }

    /// <summary>What it sees as its machine's name.</summary>
    public string? Hostname { get; init; }

    /// <summary>The domain that it sees its machine in.</summary>
    public string? Domainname { get; init; }

    /// <summary>How the daemon itself looks after it; as the image says if left out.</summary>
    public ContainerHealthCheck? Healthcheck { get; init; }

    /// <summary>Whether it has a terminal: its output is then one stream.</summary>
    public bool Tty { get; init; }

    /// <summary>How it is asked to end.</summary>
    public string? StopSignal { get; init; }

    /// <summary>Labels.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>Its ports, as <c>80/tcp</c>.</summary>
    public IReadOnlyDictionary<string, EmptyObject>? ExposedPorts { get; init; }

    /// <summary>What it may use of its machine.</summary>
    public HostConfig? HostConfig { get; init; }

    /// <summary>How it joins its network.</summary>
    public NetworkingConfig? NetworkingConfig { get; init; }
}
