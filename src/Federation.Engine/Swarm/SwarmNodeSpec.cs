namespace Federation.Engine.Swarm;

/// <summary>What a person may change of a swarm's machine.</summary>
public sealed record SwarmNodeSpec
{
    /// <summary>A name of its own, if it was given one.</summary>
    public string? Name { get; init; }

    /// <summary>Labels.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary><c>worker</c> or <c>manager</c>.</summary>
    public string Role { get; init; } = "";

    /// <summary><c>active</c>, <c>pause</c> (takes nothing new) or <c>drain</c> (gives away what it has).</summary>
    public string Availability { get; init; } = "";
}
