using System.ComponentModel.DataAnnotations;

namespace Federation.Domain.Workloads;

/// <summary>When an ended replica is started again, after a pause that doubles from <see cref="BackoffSeconds"/> to <see cref="MaxBackoffSeconds"/>.</summary>
public sealed record RestartPolicy
{
    /// <summary>After which ends.</summary>
    public RestartCondition Condition { get; init; } = RestartCondition.Always;

    /// <summary>The first pause in seconds, 0 to 3600; a replica that ran ten times as long starts over from it.</summary>
    [Range(0d, 3600d)]
    public double BackoffSeconds { get; init; } = 0.5;

    /// <summary>The longest pause in seconds, 0 to 86400; not below <see cref="BackoffSeconds"/>.</summary>
    [Range(0d, 86400d)]
    public double MaxBackoffSeconds { get; init; } = 60;

    /// <summary>
    /// How often a replica that runs to its end (<see cref="RestartCondition.OnFailure"/>) is started again before it counts as failed; a swarm counts the starts of others too. No
    /// limit if left out, or 0.
    /// </summary>
    [Range(0, 1000000)]
    public int? MaxAttempts { get; init; }

    /// <summary>The time in which starts are counted, in seconds, where the cluster counts by it (a swarm); others do not give up then. All starts are counted if left out.</summary>
    [Range(0d, 86400d)]
    public double? WindowSeconds { get; init; }
}
