namespace Simulation.Tests.Engine;

/// <summary>A callback that is ready, and the process whose it is.</summary>
internal readonly record struct WorkItem(SimulatedProcess? Owner, SendOrPostCallback Callback, object? State);
