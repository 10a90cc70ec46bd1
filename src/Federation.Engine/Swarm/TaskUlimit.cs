namespace Federation.Engine.Swarm;

/// <summary>A limit of a task's user.</summary>
/// <param name="Name">Its name, such as <c>nofile</c>.</param>
/// <param name="Soft">Where programs are warned.</param>
/// <param name="Hard">What is never passed.</param>
public sealed record TaskUlimit(string Name, long Soft, long Hard);
