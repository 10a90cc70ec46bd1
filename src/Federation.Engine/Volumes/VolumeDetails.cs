namespace Federation.Engine.Volumes;

/// <summary>A volume as the daemon describes it.</summary>
public sealed record VolumeDetails
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Where it lies on its machine.</summary>
    public string Mountpoint { get; init; } = "";

    /// <summary>Labels; null without any.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}
