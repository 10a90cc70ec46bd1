using Federation.Domain.Resources;

namespace Federation.Domain.Workloads;

/// <summary>A folder or file of the machine that a container sees.</summary>
[MergeKey(nameof(Path))]
public sealed record BindMount
{
    /// <summary>Where it lies on the machine: an absolute path.</summary>
    public required string Source { get; init; }

    /// <summary>Where it is seen: a path inside the container.</summary>
    public required string Path { get; init; }

    /// <summary>Whether it can only be read.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>How mounts below it are seen: <c>rprivate</c>, <c>rshared</c>, <c>rslave</c>, <c>private</c>, <c>shared</c> or <c>slave</c>.</summary>
    public string? Propagation { get; init; }

    /// <summary>Whether a folder is made where nothing lies.</summary>
    public bool Create { get; init; }

    /// <summary>Whether what is mounted below it is seen too; the engine decides if left out: <c>enabled</c>, <c>disabled</c>, <c>writable</c> or <c>readonly</c>.</summary>
    public string? Recursive { get; init; }

    /// <summary>How SELinux labels it: <c>z</c> shared, <c>Z</c> private.</summary>
    public string? Selinux { get; init; }

    /// <summary>Whether it is a named pipe of Windows.</summary>
    public bool Pipe { get; init; }
}
