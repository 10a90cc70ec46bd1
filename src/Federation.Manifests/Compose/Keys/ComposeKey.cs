namespace Federation.Manifests.Compose.Keys;

/// <summary>One key of a Compose file, and what becomes of it.</summary>
/// <param name="Path">With <c>&lt;name&gt;</c> for a name of the user's and <c>[]</c> for an item.</param>
/// <param name="Fate">What becomes of it.</param>
/// <param name="Detail">What it is mapped to, or the reason.</param>
/// <param name="Capabilities">What a cluster needs for it, by the names of <see cref="Federation.Domain.Observation.Capability"/>; empty where every cluster honours it.</param>
public sealed record ComposeKey(string Path, KeyFate Fate, string Detail, IReadOnlyList<string> Capabilities)
{
    /// <summary>Whether all paths below this one are meant, too.</summary>
    public bool WithAllBelow { get; init; }
}
