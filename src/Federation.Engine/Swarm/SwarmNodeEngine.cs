using System.Globalization;

namespace Federation.Engine.Swarm;

/// <summary>The engine of a machine of a swarm.</summary>
/// <param name="EngineVersion">Its version, such as <c>26.1.5+dfsg1</c>.</param>
/// <param name="Labels">Labels of the engine's own configuration.</param>
public sealed record SwarmNodeEngine(string? EngineVersion, IReadOnlyDictionary<string, string>? Labels = null)
{
    /// <summary>The first number of its version; null if it tells none.</summary>
    public int? Major => int.TryParse(EngineVersion?.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out int major) ? major : null;
}
