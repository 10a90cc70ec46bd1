namespace Federation.Domain.Workloads;

/// <summary>How far a workload's declared template has come.</summary>
/// <param name="Number">The declared template's number in the workload's history.</param>
/// <param name="State">One word: Progressing, Waiting (between clusters), Paused, Complete, Undone, Failed.</param>
/// <param name="RunningNumber">The number of the template that last ran everywhere; null before the first does.</param>
/// <param name="Message">Why, in one line; null where the state says it all.</param>
public sealed record WorkloadRollout(int Number, string State, int? RunningNumber, string? Message);
