namespace EndToEnd.Tests.Machine;

/// <summary>A process that no later one can be taken for: its number and when it started, in clock ticks since boot.</summary>
internal readonly record struct ProcessMark(int Id, long Started);
