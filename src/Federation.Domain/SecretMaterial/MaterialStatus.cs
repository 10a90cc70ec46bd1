namespace Federation.Domain.SecretMaterial;

/// <summary>What is kept of a Secret or Config; never input.</summary>
/// <param name="Version">The newest version, counted from 1.</param>
/// <param name="Keys">The file names in it.</param>
public sealed record MaterialStatus(int Version, IReadOnlyList<string> Keys);
