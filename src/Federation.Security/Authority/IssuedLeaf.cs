namespace Federation.Security.Authority;

/// <summary>A certificate just issued.</summary>
/// <param name="Der">The certificate.</param>
/// <param name="Serial">Its serial number in lower-case hexadecimal.</param>
/// <param name="NotAfter">Its end.</param>
public sealed record IssuedLeaf(byte[] Der, string Serial, DateTimeOffset NotAfter);
