namespace Federation.Engine.Networks;

/// <summary>A range of a network's addresses.</summary>
/// <param name="Subnet">The range, as <c>172.18.0.0/16</c>.</param>
/// <param name="Gateway">The machine's own address in it.</param>
public sealed record AddressRange(string? Subnet, string? Gateway);
