namespace Federation.Engine.Containers;

/// <summary>A container's weight at one disk.</summary>
/// <param name="Path">The device.</param>
/// <param name="Weight">10 to 1000.</param>
public sealed record DiskWeight(string Path, long Weight);
