namespace Federation.Engine.Containers;

/// <summary>How a container that was waited for ended.</summary>
/// <param name="StatusCode">Its exit code.</param>
public sealed record ContainerExit(int StatusCode);
