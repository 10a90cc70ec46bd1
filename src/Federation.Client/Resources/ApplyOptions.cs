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

    /// <summary>In whose name fields are written: it owns them from then on. A whole that is put is the identity's own if null; fields are <c>client</c>'s.</summary>
    public string? FieldManager { get; init; }

    /// <summary>Whether fields that others own are taken over; only where fields are applied.</summary>
    public bool Force { get; init; }
}
