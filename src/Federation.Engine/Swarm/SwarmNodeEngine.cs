using System.Globalization;

namespace Federation.Engine.Swarm;

/// <summary>The engine of a machine of a swarm.</summary>
/// <param name="EngineVersion">Its version, such as <c>26.1.5+dfsg1</c>.</param>
public sealed record SwarmNodeEngine(string? EngineVersion)
{
    /// <summary>The first number of its version; null if it tells none.</summary>
    public int? Major => int.TryParse(EngineVersion?.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out int major) ? major : null;
}
