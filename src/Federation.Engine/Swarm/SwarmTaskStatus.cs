namespace Federation.Engine.Swarm;

/// <summary>Where a task is in its life, as its machine last told.</summary>
public sealed record SwarmTaskStatus
{
    /// <summary>When it was told, by the clock of who told it.</summary>
    public DateTimeOffset Timestamp { get; init; }

    /// <summary>From <c>new</c> over <c>pending</c>, <c>preparing</c> and <c>running</c> to <c>complete</c>, <c>shutdown</c>, <c>failed</c>, <c>rejected</c>, <c>remove</c> or <c>orphaned</c>.</summary>
    public string State { get; init; } = "";

    /// <summary>What is being done.</summary>
    public string? Message { get; init; }

    /// <summary>What went wrong; null if nothing.</summary>
    public string? Err { get; init; }

    /// <summary>Its container; null until there is one.</summary>
    public TaskContainerStatus? ContainerStatus { get; init; }

    /// <summary>The ports that it was given on its machine.</summary>
    public TaskPortStatus? PortStatus { get; init; }
}
