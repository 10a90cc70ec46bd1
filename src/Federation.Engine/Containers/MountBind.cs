namespace Federation.Engine.Containers;

/// <summary>How a container sees a folder of its machine.</summary>
public sealed record MountBind
{
    /// <summary>How mounts below it are seen, such as <c>rslave</c>.</summary>
    public string? Propagation { get; init; }

    /// <summary>Whether what is mounted below it is left out.</summary>
    public bool NonRecursive { get; init; }

    /// <summary>Whether what is mounted below a read-only folder stays writable.</summary>
    public bool ReadOnlyNonRecursive { get; init; }

    /// <summary>Whether the daemon refuses where what is mounted below cannot be made read-only too.</summary>
    public bool ReadOnlyForceRecursive { get; init; }
}
