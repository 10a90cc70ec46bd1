namespace Federation.Engine.Swarm;

/// <summary>Over what tasks are spread.</summary>
/// <param name="SpreadDescriptor">A label of machines: <c>node.labels.zone</c>.</param>
public sealed record TaskSpread(string SpreadDescriptor);
