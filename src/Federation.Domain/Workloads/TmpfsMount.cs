using Federation.Domain.Quantities;
using Federation.Domain.Resources;

namespace Federation.Domain.Workloads;

/// <summary>A file system in memory, seen inside a container.</summary>
[MergeKey(nameof(Path))]
public sealed record TmpfsMount
{
    /// <summary>Where: a path inside the container.</summary>
    public required string Path { get; init; }

    /// <summary>The most it holds; as the machine says if left out.</summary>
    public MemoryBytes? Size { get; init; }

    /// <summary>The root's rights in octal, such as <c>1777</c>.</summary>
    public string? Mode { get; init; }

    /// <summary>Further mount options, as mount(8) writes them: <c>noexec</c>.</summary>
    public IReadOnlyList<string>? Options { get; init; }
}
