namespace Federation.Manifests.Nodes;

/// <summary>The text cannot be read on from here. Caught by the reader, which makes a <see cref="ManifestError"/> of it.</summary>
internal sealed class MalformedTextException(Position at, string rule, string? suggestion = null) : Exception(rule)
{
    public Position At { get; } = at;

    public string Rule { get; } = rule;

    public string? Suggestion { get; } = suggestion;
}
