namespace Federation.Client.Resources;

/// <summary>How a resource is applied.</summary>
public sealed record ApplyOptions
{
    /// <summary>Decide everything, write nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>The version it must have (<c>metadata.resourceVersion</c>).</summary>
    public string? IfVersion { get; init; }

    /// <summary>It must not exist yet.</summary>
    public bool OnlyCreate { get; init; }
}
