namespace Federation.Manifests.Compose.Values;

/// <summary>One port as a Compose file publishes it.</summary>
/// <param name="Target">The port inside the container.</param>
/// <param name="Published">The port outside; null where it is left to the engine.</param>
/// <param name="Protocol">tcp or udp.</param>
/// <param name="Address">The machine's address; null for all.</param>
internal sealed record PublishedPort(int Target, int? Published, string Protocol, string? Address);
