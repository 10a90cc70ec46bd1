namespace Federation.Manifests.Compose;

/// <summary>What reading a stack came to: all of it, or every error and nothing.</summary>
public abstract record ComposeOutcome
{
    private ComposeOutcome() { }

    /// <summary>What changes nothing and is told all the same, in the order of the text.</summary>
    public IReadOnlyList<ManifestError> Warnings { get; init; } = [];

    /// <summary>Everything was read and is valid.</summary>
    /// <param name="Stack">The stack.</param>
    public sealed record Accepted(ComposeStack Stack) : ComposeOutcome;

    /// <summary>Something is wrong; nothing of the input is to be used.</summary>
    /// <param name="Errors">Everything that was found, in the order of the text; at least one.</param>
    public sealed record Refused(IReadOnlyList<ManifestError> Errors) : ComposeOutcome;
}
