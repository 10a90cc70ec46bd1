namespace EndToEnd.Tests;

/// <summary>Runs alone, after all that runs beside one another.</summary>
[CollectionDefinition(Collections.HeldToTimes, DisableParallelization = true)]
public sealed class HeldToTimes;
