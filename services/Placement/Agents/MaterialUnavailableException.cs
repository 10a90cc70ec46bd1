namespace Federation.Placement.Agents;

/// <summary>Configs or secrets of an order cannot be had now; it is tried again.</summary>
public sealed class MaterialUnavailableException(string message, Exception? inner = null) : IOException(message, inner);
