namespace Federation.Adapters;

/// <summary>One Secret's or Config's version, sealed to this agent's key.</summary>
/// <param name="Kind"><c>Secret</c> or <c>Config</c>.</param>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Box">The sealed box.</param>
public sealed record SealedFiles(string Kind, string Name, int Version, ReadOnlyMemory<byte> Box);
