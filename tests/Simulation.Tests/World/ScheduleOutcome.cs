namespace Simulation.Tests.World;

/// <summary>How a schedule went.</summary>
/// <param name="Seed">Its seed.</param>
/// <param name="Digest">The trace's digest.</param>
/// <param name="Faults">How often each kind of fault was injected.</param>
/// <param name="Failure">What went wrong; null if nothing did.</param>
/// <param name="Trace">The trace's end, of a schedule that failed.</param>
public sealed record ScheduleOutcome(ulong Seed, string Digest, IReadOnlyDictionary<string, int> Faults, Exception? Failure, string Trace);
