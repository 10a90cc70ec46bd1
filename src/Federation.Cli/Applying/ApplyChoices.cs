namespace Federation.Cli.Applying;

/// <summary>How files are applied.</summary>
internal sealed record ApplyChoices
{
    public string Manager { get; init; } = Commands.ApplyCommand.DefaultManager;

    public bool Force { get; init; }

    public bool DryRun { get; init; }

    public bool Prune { get; init; }

    public bool Yes { get; init; }

    public bool DeleteVolumes { get; init; }

    /// <summary>How long to wait until all is ready; null not to wait.</summary>
    public TimeSpan? WaitFor { get; init; }
}
