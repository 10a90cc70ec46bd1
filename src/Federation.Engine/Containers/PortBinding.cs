namespace Federation.Engine.Containers;

/// <summary>Where a container's port is published.</summary>
/// <param name="HostIp">The machine's address.</param>
/// <param name="HostPort">The machine's port.</param>
public sealed record PortBinding(string HostIp, string HostPort);
