namespace Federation.Reconciliation;

/// <summary>What can be read of a loop at any moment.</summary>
internal sealed record MeasuredLoop(string Name, Func<int> Depth, Func<TimeSpan> OldestAge, Func<int> Failing);
