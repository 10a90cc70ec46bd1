namespace Federation.Engine.Swarm;

/// <summary>How a service's tasks lie over machines.</summary>
/// <param name="Spread">Over what they are spread.</param>
public sealed record TaskPreference(TaskSpread? Spread);
