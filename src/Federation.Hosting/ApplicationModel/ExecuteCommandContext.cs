namespace Federation.Hosting.ApplicationModel;

/// <summary>What a resource's own command gets.</summary>
public sealed class ExecuteCommandContext
{
    /// <summary>The resource the command is for.</summary>
    public required string ResourceName { get; init; }

    /// <summary>Ends with the launcher.</summary>
    public required CancellationToken CancellationToken { get; init; }

    /// <summary>Ends the resource's process at once (SIGKILL) and leaves it down until it is started by command.</summary>
    public required Func<Task> KillAndHoldAsync { get; init; }
}
