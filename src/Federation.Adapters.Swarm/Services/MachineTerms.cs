using Federation.Engine.Swarm;

namespace Federation.Adapters.Swarm.Services;

/// <summary>Whether a machine meets a service's terms, as far as the managers tell what it is. Pure.</summary>
internal static class MachineTerms
{
    private const string Label = "node.labels.", EngineLabel = "engine.labels.";

    /// <summary>Whether it meets all; a term about something that is not told here counts as met.</summary>
    public static bool Meet(SwarmNode machine, IReadOnlyList<string> terms) => terms.All(term => Meets(machine, term));

    private static bool Meets(SwarmNode machine, string term)
    {
        int at = term.IndexOf("==", StringComparison.Ordinal);
        bool equal = at >= 0;
        if (!equal) at = term.IndexOf("!=", StringComparison.Ordinal);
        if (at < 0) return true;
        string key = term[..at].Trim(), value = term[(at + 2)..].Trim();
        string? actual = key.ToLowerInvariant() switch
        {
            "node.id" => machine.Id,
            "node.hostname" => machine.Description.Hostname,
            "node.role" => machine.Spec.Role,
            "node.platform.os" => machine.Description.Platform?.OperatingSystem,
            "node.platform.arch" => machine.Description.Platform?.Architecture,
            _ when key.StartsWith(Label, StringComparison.OrdinalIgnoreCase) => machine.Spec.Labels?.GetValueOrDefault(key[Label.Length..]) ?? "",
            _ when key.StartsWith(EngineLabel, StringComparison.OrdinalIgnoreCase) => machine.Description.Engine?.Labels?.GetValueOrDefault(key[EngineLabel.Length..]) ?? "",
            _ => null,
        };
        return actual is null || string.Equals(actual, value, StringComparison.OrdinalIgnoreCase) == equal;
    }
}
