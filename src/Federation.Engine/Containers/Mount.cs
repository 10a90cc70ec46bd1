namespace Federation.Engine.Containers;

/// <summary>A folder that a container sees.</summary>
public sealed record Mount
{
    /// <summary><c>bind</c> or <c>volume</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The machine's folder, or the volume's name; null for a volume that ends with its container.</summary>
    public string? Source { get; init; }

    /// <summary>Where the container sees it.</summary>
    public required string Target { get; init; }

    /// <summary>Whether it may only read.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>More on a folder of the machine.</summary>
    public MountBind? BindOptions { get; init; }

    /// <summary>More on a volume.</summary>
    public MountVolume? VolumeOptions { get; init; }
}
