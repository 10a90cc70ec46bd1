namespace Federation.Engine.Volumes;

/// <summary>A volume to be made.</summary>
public sealed record VolumeSpec
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>What holds it.</summary>
    public string Driver { get; init; } = "local";

    /// <summary>The driver's options.</summary>
    public IReadOnlyDictionary<string, string>? DriverOpts { get; init; }

    /// <summary>Labels.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}
