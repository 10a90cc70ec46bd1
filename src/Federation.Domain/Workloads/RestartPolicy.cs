namespace Federation.Domain.Workloads;

/// <summary>When an ended replica is started again, after a pause that doubles from <see cref="BackoffSeconds"/> to <see cref="MaxBackoffSeconds"/>.</summary>
public sealed record RestartPolicy
{
    /// <summary>After which ends.</summary>
    public RestartCondition Condition { get; init; } = RestartCondition.Always;

    /// <summary>The first pause in seconds, 0 to 3600; a replica that ran ten times as long starts over from it.</summary>
    public double BackoffSeconds { get; init; } = 0.5;

    /// <summary>The longest pause in seconds.</summary>
    public double MaxBackoffSeconds { get; init; } = 60;
}
