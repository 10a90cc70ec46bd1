namespace Federation.Engine.Containers;

/// <summary>The most that a container takes of one disk in a second.</summary>
/// <param name="Path">The device.</param>
/// <param name="Rate">Bytes or operations.</param>
public sealed record DiskRate(string Path, long Rate);
