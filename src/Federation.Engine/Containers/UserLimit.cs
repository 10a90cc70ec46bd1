namespace Federation.Engine.Containers;

/// <summary>A limit of a container's user.</summary>
/// <param name="Name">Its name, such as <c>nofile</c>.</param>
/// <param name="Soft">Where programs are warned; -1 for no limit.</param>
/// <param name="Hard">What is never passed; -1 for no limit.</param>
public sealed record UserLimit(string Name, long Soft, long Hard);
