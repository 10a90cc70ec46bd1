namespace Federation.Manifests;

/// <summary>What reading manifests came to: all of it, or every error and nothing.</summary>
public abstract record ReadOutcome
{
    private ReadOutcome() { }

    /// <summary>What changes nothing and is told all the same, such as a key of a Compose file.</summary>
    public IReadOnlyList<ManifestError> Warnings { get; init; } = [];

    /// <summary>Everything was read and is valid.</summary>
    /// <param name="Resources">In the order of the input; at least one.</param>
    public sealed record Accepted(IReadOnlyList<DeclaredResource> Resources) : ReadOutcome;

    /// <summary>Something is wrong; nothing of the input is to be used.</summary>
    /// <param name="Errors">Everything that was found, in the order of the input; at least one.</param>
    public sealed record Refused(IReadOnlyList<ManifestError> Errors) : ReadOutcome;
}
