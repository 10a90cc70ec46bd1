namespace Federation.Engine.Containers;

/// <summary>A container as the daemon describes it.</summary>
public sealed record ContainerDetails
{
    /// <summary>The engine's id for it.</summary>
    public required string Id { get; init; }

    /// <summary>Its name, with a slash before it.</summary>
    public string Name { get; init; } = "";

    /// <summary>The id of its image.</summary>
    public string Image { get; init; } = "";

    /// <summary>Where it is in its life.</summary>
    public required ContainerState State { get; init; }

    /// <summary>What it was made with.</summary>
    public ContainerConfig? Config { get; init; }

    /// <summary>Its networks.</summary>
    public ContainerNetworks? NetworkSettings { get; init; }
}
