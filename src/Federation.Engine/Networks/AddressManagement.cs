namespace Federation.Engine.Networks;

/// <summary>How a network gives out addresses.</summary>
/// <param name="Config">Its ranges.</param>
public sealed record AddressManagement(IReadOnlyList<AddressRange>? Config);
